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
        unnest(estimates, recursive := true)  -- noqa: AL03
    from regressions

),

label_levels as (

    select
        unpack_estimates.*,
        terms.unit_label,
        coalesce(ethnic_categories.ethnic_group, unpack_estimates.level) as level_label,
        case
            when starts_with(unpack_estimates.estimator, 'logistic') then exp(unpack_estimates.estimate)
        end as odds_ratio,
        case
            when starts_with(unpack_estimates.estimator, 'logistic') then exp(unpack_estimates.confidence_low)
        end as odds_ratio_low,
        case
            when starts_with(unpack_estimates.estimator, 'logistic') then exp(unpack_estimates.confidence_high)
        end as odds_ratio_high
    from unpack_estimates
    left join terms
        on
            unpack_estimates.analysis = terms.analysis
            and unpack_estimates.term = terms.term
    left join ethnic_categories
        on
            terms.source_column = 'ethnic_category_code'
            and unpack_estimates.level = ethnic_categories.ethnic_category_code

),

select_columns as (

    select
        analysis,
        outcome,
        model,
        estimator,
        term,
        level,
        level_label,
        reference_level,
        unit_label,
        estimate,
        standard_error,
        confidence_low,
        confidence_high,
        odds_ratio,
        odds_ratio_low,
        odds_ratio_high,
        p_value,
        p_value_holm,
        estimate_status,
        observation_count,
        event_count,
        level_observation_count,
        level_event_count
    from label_levels

)

select * from select_columns
