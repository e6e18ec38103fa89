{{ config(materialized='table') }}
{#
    One row per sample, period, area, ethnic classification, ethnic group, characteristic and category; a period is a
    year, or the complete years of the area (docs/rules.md, 30) together. Small areas have the groups of macro
    groups_in_area, as in the crossed rates.
#}
with counts as (

    select * from {{ ref('int_presentation_samples') }}

),

samples as (

    select * from {{ ref('presentation_samples') }}

),

classifications as (

    select * from {{ ref('int_ethnic_classifications') }}

),

complete_years as (

    select * from {{ ref('int_complete_years') }}

),

mark_years as (

    select
        complete_years.*,
        samples.sample,
        case
            when complete_years.is_complete
                then
                    min(complete_years.financial_year) filter (where complete_years.is_complete) over same_area
                    || ' to '
                    || max(complete_years.financial_year) filter (where complete_years.is_complete) over same_area
        end as complete_period
    from complete_years
    inner join samples
        on complete_years.measure = samples.counted_with_measure
    window same_area as (partition by samples.sample, complete_years.area_level, complete_years.area_code)

),

list_periods as (

    select
        *,
        'financial_year' as period_kind,
        financial_year as period
    from mark_years
    union all
    select
        *,
        'complete_years' as period_kind,
        complete_period as period
    from mark_years
    where is_complete

),

sum_periods as (

    select
        list_periods.period_kind,
        list_periods.period,
        list_periods.is_complete,
        counts.sample,
        counts.area_level,
        counts.area_code,
        counts.area_name,
        classifications.ethnic_classification,
        classifications.ethnic_group,
        classifications.is_reference_included,
        counts.characteristic,
        counts.category,
        cast(sum(counts.referral_count) as bigint) as referral_count,
        sum(counts.value_sum) as value_sum,
        sum(counts.square_sum) as square_sum,
        cast(sum(counts.outside_window_count) as bigint) as outside_window_count,
        cast(sum(counts.too_recent_count) as bigint) as too_recent_count
    from counts
    inner join list_periods
        on
            counts.sample = list_periods.sample
            and counts.financial_year = list_periods.financial_year
            and counts.area_level = list_periods.area_level
            and counts.area_code = list_periods.area_code
    inner join classifications
        on
            counts.ethnicity_key = classifications.ethnicity_key
            and {{ groups_in_area('counts') }}
    group by all

)

select * from sum_periods
