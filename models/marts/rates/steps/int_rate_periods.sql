{#
    One row per period, area, ethnic classification, ethnic group and measure; a period is a year, or the complete years
    of the area and the measure together. Only years that are complete (docs/rules.md, 30) are pooled, so that a year cut
    off does not pull the rate; an area without one has no such row. The period is the area's, not the group's.
#}
with rate_counts as (

    select * from {{ ref('int_rate_counts') }}

),

complete_years as (

    select * from {{ ref('int_complete_years') }}

),

list_complete_years as (

    select
        area_code,
        measure,
        min(financial_year) || ' to ' || max(financial_year) as financial_years,
        count(*) as year_count
    from complete_years
    where is_complete
    group by area_code, measure

),

mark_complete_years as (

    select
        rate_counts.*,
        complete_years.is_complete
    from rate_counts
    left join complete_years
        on
            rate_counts.financial_year = complete_years.financial_year
            and rate_counts.area_code = complete_years.area_code
            and rate_counts.measure = complete_years.measure

),

sum_complete_years as (

    select
        list_complete_years.financial_years,
        list_complete_years.year_count,
        mark_complete_years.area_level,
        mark_complete_years.area_code,
        mark_complete_years.ethnic_classification,
        mark_complete_years.ethnic_group,
        mark_complete_years.is_reference_included,
        mark_complete_years.measure_kind,
        mark_complete_years.measure,
        sum(mark_complete_years.numerator_count) as numerator_count,
        sum(mark_complete_years.denominator_count) as denominator_count,
        sum(mark_complete_years.unknown_count) as unknown_count,
        sum(mark_complete_years.outside_window_count) as outside_window_count,
        sum(mark_complete_years.too_recent_count) as too_recent_count
    from mark_complete_years
    inner join list_complete_years
        on
            mark_complete_years.area_code = list_complete_years.area_code
            and mark_complete_years.measure = list_complete_years.measure
    where mark_complete_years.is_complete
    group by all

),

unite_periods as (

    select
        financial_year,
        1 as year_count,
        false as is_pooled,
        is_complete,
        area_level,
        area_code,
        ethnic_classification,
        ethnic_group,
        is_reference_included,
        measure_kind,
        measure,
        numerator_count,
        denominator_count,
        unknown_count,
        outside_window_count,
        too_recent_count
    from mark_complete_years
    union all
    select
        financial_years as financial_year,
        year_count,
        true as is_pooled,
        true as is_complete,
        area_level,
        area_code,
        ethnic_classification,
        ethnic_group,
        is_reference_included,
        measure_kind,
        measure,
        numerator_count,
        denominator_count,
        unknown_count,
        outside_window_count,
        too_recent_count
    from sum_complete_years

)

select * from unite_periods
