{#
    One row per analysis, outcome, model, year of referral and ethnic group: the contrast with White British in that year
    alone.
    Source of the rule: report sections 3.4.3 and 3.4.4, appendices 1.2.3 and 1.2.4 (pooled and by year); the pooled
    contrasts stand in estimates.
#}
with regressions as (

    select * from {{ ref('py_regressions') }}

),

level_labels as (

    select * from {{ ref('int_level_labels') }}

),

unpack_years as (

    select
        analysis,
        outcome,
        model,
        unnest(year_estimates, recursive := true)  -- noqa: AL03
    from regressions

),

label_levels as (

    select
        unpack_years.*,
        level_labels.level_label,
        exp(unpack_years.estimate) as odds_ratio,
        exp(unpack_years.confidence_low) as odds_ratio_low,
        exp(unpack_years.confidence_high) as odds_ratio_high
    from unpack_years
    left join level_labels
        on unpack_years.level = level_labels.ethnic_category_code

)

select * from label_levels
