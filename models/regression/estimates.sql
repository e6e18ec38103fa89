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

level_labels as (

    select * from {{ ref('int_level_labels') }}

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
        coalesce(level_labels.level_label, unpack_estimates.level) as level_label,
        {{ odds_ratio('unpack_estimates', 'estimate') }} as odds_ratio,
        {{ odds_ratio('unpack_estimates', 'confidence_low') }} as odds_ratio_low,
        {{ odds_ratio('unpack_estimates', 'confidence_high') }} as odds_ratio_high
    from unpack_estimates
    left join terms
        on
            unpack_estimates.analysis = terms.analysis
            and unpack_estimates.term = terms.term
    left join level_labels
        on
            unpack_estimates.term = level_labels.term
            and unpack_estimates.level = level_labels.ethnic_category_code

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
