{#
    One row per fit and coefficient: log odds ratios (logistic) or differences (linear), with odds ratios beside them.
    Source of the rule: report section 3.6.2, Table 6; reference group White British (A).
#}
with regressions as (

    select * from {{ ref('py_regressions') }}

),

terms as (

    select * from {{ ref('regression_terms') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

unpack_estimates as (

    select
        analysis,
        outcome,
        model,
        estimator,
        observation_count,
        event_count,
        unnest(estimates) as coefficient
    from regressions

),

label_levels as (

    select
        unpack_estimates.*,
        terms.unit_label,
        coalesce(ethnic_categories.ethnic_group, unpack_estimates.coefficient.level) as level_label,
        starts_with(unpack_estimates.estimator, 'logistic') as is_logistic
    from unpack_estimates
    left join terms
        on
            unpack_estimates.analysis = terms.analysis
            and unpack_estimates.coefficient.term = terms.term
    left join ethnic_categories
        on
            terms.source_column = 'ethnic_category_code'
            and unpack_estimates.coefficient.level = ethnic_categories.ethnic_category_code

),

select_columns as (

    select
        analysis,
        outcome,
        model,
        estimator,
        coefficient.term as term,
        coefficient.level as level,
        level_label,
        coefficient.reference_level as reference_level,
        unit_label,
        coefficient.estimate as estimate,
        coefficient.standard_error as standard_error,
        coefficient.confidence_low as confidence_low,
        coefficient.confidence_high as confidence_high,
        case when is_logistic then exp(coefficient.estimate) end as odds_ratio,
        case when is_logistic then exp(coefficient.confidence_low) end as odds_ratio_low,
        case when is_logistic then exp(coefficient.confidence_high) end as odds_ratio_high,
        coefficient.p_value as p_value,
        coefficient.p_value_holm as p_value_holm,
        coefficient.estimate_status as estimate_status,
        observation_count,
        event_count,
        coefficient.level_observation_count as level_observation_count,
        coefficient.level_event_count as level_event_count
    from label_levels

)

select * from select_columns
