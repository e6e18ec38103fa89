{{ config(materialized='table') }}
{#
    One row per year, area, ethnic classification, ethnic group and measure: the rate and its gap to White British;
    and one per area, classification, group and measure for its complete years together, whose year is a period.
    Source of the rule: Wilson intervals; the gap's interval by Newcombe's method 10, the ratio's by the log method.
    Every group, the high-level ones too, is compared with the White British of the same year and area. The intervals
    need two separate groups of people: there is none for a group that White British people are part of.
#}
with rate_counts as (

    select * from {{ ref('int_rate_counts') }}

),

pooled_rate_counts as (

    select * from {{ ref('int_pooled_rate_counts') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

commissioners as (

    select * from {{ ref('stg_reference__commissioners') }}

),

complete_years as (

    select * from {{ ref('int_complete_years') }}

),

unite_periods as (

    select
        financial_year,
        1 as year_count,
        false as is_pooled,
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
    from rate_counts
    union all
    select
        financial_year,
        year_count,
        true as is_pooled,
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
    from pooled_rate_counts

),

pick_reference as (

    select
        unite_periods.financial_year,
        unite_periods.area_code,
        unite_periods.measure,
        unite_periods.numerator_count as reference_numerator_count,
        unite_periods.denominator_count as reference_denominator_count
    from unite_periods
    inner join ethnic_categories
        on unite_periods.ethnic_group = ethnic_categories.ethnic_group and ethnic_categories.is_reference_group
    where unite_periods.ethnic_classification = 'ethnic_group'

),

compare_with_reference as (

    select
        unite_periods.*,
        commissioners.commissioner_name as area_name,
        unite_periods.is_pooled or complete_years.is_complete as is_complete,
        pick_reference.reference_numerator_count,
        pick_reference.reference_denominator_count
    from unite_periods
    left join pick_reference
        on
            unite_periods.financial_year = pick_reference.financial_year
            and unite_periods.area_code = pick_reference.area_code
            and unite_periods.measure = pick_reference.measure
    left join complete_years
        on
            unite_periods.financial_year = complete_years.financial_year
            and unite_periods.area_code = complete_years.area_code
            and unite_periods.measure = complete_years.measure
    left join commissioners
        on unite_periods.area_code = commissioners.commissioner_code

),

{% set counts = ['numerator_count', 'denominator_count'] %}
{% set both = counts + ['reference_numerator_count', 'reference_denominator_count'] %}
measure_rates as (

    select
        * exclude (reference_numerator_count, reference_denominator_count),
        {{ rate('unknown_count', 'denominator_count + unknown_count') }} as unknown_share,
        {{ rate(*counts) }} as rate,
        {{ wilson_interval_low(*counts) }} as rate_low,
        {{ wilson_interval_high(*counts) }} as rate_high,
        {{ risk_difference(*both) }} as difference_to_white_british,
        case when not is_reference_included then {{ risk_difference_low(*both) }} end as difference_low,
        case when not is_reference_included then {{ risk_difference_high(*both) }} end as difference_high,
        {{ risk_ratio(*both) }} as ratio_to_white_british,
        case when not is_reference_included then {{ risk_ratio_low(*both) }} end as ratio_low,
        case when not is_reference_included then {{ risk_ratio_high(*both) }} end as ratio_high
    from compare_with_reference

)

select * from measure_rates
