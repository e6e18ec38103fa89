{#
    One row per fit of an alternative and coefficient, as estimates has them of the main models.
    Source of the rule: the seed regression_alternatives, row by row.
#}
with alternatives as (

    select * from {{ ref('py_regression_alternatives') }}

),

level_labels as (

    select * from {{ ref('int_level_labels') }}

),

unpack_estimates as (

    select
        alternative,
        analysis,
        outcome,
        model,
        estimator,
        observation_count,
        event_count,
        unnest(estimates, recursive := true)  -- noqa: AL03
    from alternatives

),

label_levels as (

    select
        unpack_estimates.*,
        coalesce(level_labels.level_label, unpack_estimates.level) as level_label,
        {{ odds_ratio('unpack_estimates', 'estimate') }} as odds_ratio,
        {{ odds_ratio('unpack_estimates', 'confidence_low') }} as odds_ratio_low,
        {{ odds_ratio('unpack_estimates', 'confidence_high') }} as odds_ratio_high
    from unpack_estimates
    left join level_labels
        on
            unpack_estimates.term = level_labels.term
            and unpack_estimates.level = level_labels.ethnic_category_code

)

select * from label_levels
