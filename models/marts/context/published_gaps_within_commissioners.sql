{#
One row per financial year, type of commissioner, outcome, estimator and ethnic group of the annual statistics: odds ratio
to White British, on published cells alone and with suppressed counts at either end.
Source of the rule: report sections 3.6.2 and 3.7, on published counts, ethnic group alone.
#}
with published_models as (

    select * from {{ ref('py_published_models') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

unpack_estimates as (

    select
        financial_year,
        organisation_type,
        outcome,
        estimator,
        reading,
        unnest(estimates, recursive := true)  -- noqa: AL03
    from published_models

),

line_up_readings as (

    select
        financial_year,
        organisation_type,
        outcome,
        estimator,
        level,
        exp(max(estimate) filter (where reading = 'published_cells')) as published_cells_odds_ratio,
        exp(max(confidence_low) filter (where reading = 'published_cells')) as published_cells_odds_ratio_low,
        exp(max(confidence_high) filter (where reading = 'published_cells')) as published_cells_odds_ratio_high,
        exp(max(estimate) filter (where reading = 'least')) as least_odds_ratio,
        exp(max(confidence_low) filter (where reading = 'least')) as least_odds_ratio_low,
        exp(max(confidence_high) filter (where reading = 'least')) as least_odds_ratio_high,
        exp(max(estimate) filter (where reading = 'greatest')) as greatest_odds_ratio,
        exp(max(confidence_low) filter (where reading = 'greatest')) as greatest_odds_ratio_low,
        exp(max(confidence_high) filter (where reading = 'greatest')) as greatest_odds_ratio_high,
        max(level_observation_count) filter (where reading = 'published_cells') as published_cells_people_count,
        max(level_observation_count) as greatest_people_count,
        coalesce(
            count(*) filter (where estimate is not null) = count(*)
            and (max(confidence_high) < 0 or min(confidence_low) > 0),
            false
        ) as is_different_in_every_reading
    from unpack_estimates
    group by financial_year, organisation_type, outcome, estimator, level

),

label_groups as (

    select
        line_up_readings.*,
        ethnic_categories.ethnic_group
    from line_up_readings
    left join ethnic_categories
        on line_up_readings.level = ethnic_categories.ethnic_category_code

)

select * from label_groups
