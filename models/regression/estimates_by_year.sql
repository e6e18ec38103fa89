{#
    One row per analysis, outcome, model, year of referral and ethnic group: the contrast with White British in that year
    alone.
    Source of the rule: report sections 3.4.3 and 3.4.4, appendices 1.2.3 and 1.2.4 (pooled and by year); the pooled
    contrasts stand in estimates.
#}
with regressions as (

    select * from {{ ref('py_regressions') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

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
        unpack_years.analysis,
        unpack_years.outcome,
        unpack_years.model,
        unpack_years.financial_year,
        unpack_years.level,
        ethnic_categories.ethnic_group as level_label,
        unpack_years.reference_level,
        unpack_years.estimate,
        unpack_years.standard_error,
        unpack_years.confidence_low,
        unpack_years.confidence_high,
        exp(unpack_years.estimate) as odds_ratio,
        exp(unpack_years.confidence_low) as odds_ratio_low,
        exp(unpack_years.confidence_high) as odds_ratio_high,
        unpack_years.p_value,
        unpack_years.p_value_holm,
        unpack_years.estimate_status,
        unpack_years.observation_count,
        unpack_years.event_count,
        unpack_years.level_observation_count,
        unpack_years.level_event_count
    from unpack_years
    left join ethnic_categories
        on unpack_years.level = ethnic_categories.ethnic_category_code

)

select * from label_levels
