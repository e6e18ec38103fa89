{#
    One row per area, ethnic classification, ethnic group and measure: the counts of all complete years together.
    Only years that are complete for the area and the measure (docs/rules.md, 30) are pooled, so that a year cut off
    does not pull the rate; an area without a complete year has no row. The period is the area's, not the group's.
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
        min(financial_year) as first_financial_year,
        max(financial_year) as last_financial_year,
        count(*) as year_count
    from complete_years
    where is_complete
    group by area_code, measure

),

sum_complete_years as (

    select
        list_complete_years.first_financial_year || ' to ' || list_complete_years.last_financial_year
            as financial_year,
        list_complete_years.year_count,
        rate_counts.area_level,
        rate_counts.area_code,
        rate_counts.ethnic_classification,
        rate_counts.ethnic_group,
        rate_counts.is_reference_included,
        rate_counts.measure_kind,
        rate_counts.measure,
        sum(rate_counts.numerator_count) as numerator_count,
        sum(rate_counts.denominator_count) as denominator_count,
        sum(rate_counts.unknown_count) as unknown_count,
        sum(rate_counts.outside_window_count) as outside_window_count,
        sum(rate_counts.too_recent_count) as too_recent_count
    from rate_counts
    inner join complete_years
        on
            rate_counts.financial_year = complete_years.financial_year
            and rate_counts.area_code = complete_years.area_code
            and rate_counts.measure = complete_years.measure
            and complete_years.is_complete
    inner join list_complete_years
        on
            rate_counts.area_code = list_complete_years.area_code
            and rate_counts.measure = list_complete_years.measure
    group by all

)

select * from sum_complete_years
