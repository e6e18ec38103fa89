{{ config(materialized='table') }}
{#
    One row per period, area, ethnic classification, ethnic group, characteristic, its value and measure; a period is a year, or the complete years
    of the area and the measure together. Only years that are complete (docs/rules.md, 30) are pooled, so that a year cut
    off does not pull the rate; an area without one has no such row. The period is the area's, not the group's.
#}
with rate_counts as {{ read_anew() }} (

    select * from {{ ref('int_rate_counts') }}

),

complete_years as {{ read_anew() }} (

    select * from {{ ref('int_complete_years') }}

),

list_complete_years as (

    select
        area_level,
        area_code,
        measure,
        min(financial_year) || ' to ' || max(financial_year) as financial_years,
        count(*) as year_count
    from complete_years
    where is_complete
    group by area_level, area_code, measure

),

mark_complete_years as {{ read_anew() }} (

    select
        rate_counts.financial_year,
        1 as year_count,
        false as is_pooled,
        complete_years.is_complete,
        rate_counts.area_level,
        rate_counts.area_code,
        rate_counts.area_name,
        rate_counts.ethnic_classification,
        rate_counts.ethnic_group,
        rate_counts.is_reference_included,
        rate_counts.characteristic,
        rate_counts.characteristic_value,
        rate_counts.measure_kind,
        rate_counts.measure,
        rate_counts.numerator_count,
        rate_counts.denominator_count,
        rate_counts.unknown_count,
        rate_counts.outside_window_count,
        rate_counts.too_recent_count
    from rate_counts
    left join complete_years
        on
            rate_counts.financial_year = complete_years.financial_year
            and rate_counts.area_level = complete_years.area_level
            and rate_counts.area_code = complete_years.area_code
            and rate_counts.measure = complete_years.measure

),

-- In the order of the columns of the single years.
sum_complete_years as (

    select
        list_complete_years.financial_years as financial_year,
        list_complete_years.year_count,
        true as is_pooled,
        single_years.is_complete,
        single_years.area_level,
        single_years.area_code,
        single_years.area_name,
        single_years.ethnic_classification,
        single_years.ethnic_group,
        single_years.is_reference_included,
        single_years.characteristic,
        single_years.characteristic_value,
        single_years.measure_kind,
        single_years.measure,
        sum(single_years.numerator_count) as numerator_count,
        sum(single_years.denominator_count) as denominator_count,
        sum(single_years.unknown_count) as unknown_count,
        sum(single_years.outside_window_count) as outside_window_count,
        sum(single_years.too_recent_count) as too_recent_count
    from mark_complete_years as single_years
    inner join list_complete_years
        on
            single_years.area_level = list_complete_years.area_level
            and single_years.area_code = list_complete_years.area_code
            and single_years.measure = list_complete_years.measure
    where single_years.is_complete and single_years.characteristic = 'all'
    group by all

),

unite_periods as (

    select * from mark_complete_years
    union all
    select * from sum_complete_years

)

select * from unite_periods
