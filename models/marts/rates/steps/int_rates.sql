{#
    One row per period, area, ethnic classification, ethnic group, characteristic, its value and measure: the rate and its
    gap to White British.
    Source of the rule: Wilson intervals; the gap's interval by Newcombe's method 10, the ratio's by the log method. Every
    group, the high-level ones too, is compared with the White British of the same period, area and characteristic. The
    intervals need two separate groups of people: there is none for a group that White British people are part of.
#}
with rate_periods as (

    select * from {{ ref('int_rate_periods') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

pick_reference as (

    select
        rate_periods.financial_year,
        rate_periods.area_level,
        rate_periods.area_code,
        rate_periods.characteristic,
        rate_periods.characteristic_value,
        rate_periods.measure,
        rate_periods.numerator_count as reference_numerator_count,
        rate_periods.denominator_count as reference_denominator_count
    from rate_periods
    inner join ethnic_categories
        on rate_periods.ethnic_group = ethnic_categories.ethnic_group and ethnic_categories.is_reference_group
    where rate_periods.ethnic_classification = 'ethnic_group'

),

compare_with_reference as (

    select
        rate_periods.*,
        pick_reference.reference_numerator_count,
        pick_reference.reference_denominator_count
    from rate_periods
    left join pick_reference
        on
            rate_periods.financial_year = pick_reference.financial_year
            and rate_periods.area_level = pick_reference.area_level
            and rate_periods.area_code = pick_reference.area_code
            and rate_periods.characteristic = pick_reference.characteristic
            and rate_periods.characteristic_value = pick_reference.characteristic_value
            and rate_periods.measure = pick_reference.measure

),

{% set counts = ['numerator_count', 'denominator_count'] %}
{% set all_counts = counts + ['unknown_count', 'outside_window_count', 'too_recent_count'] %}
{% set both = counts + ['reference_numerator_count', 'reference_denominator_count'] %}
measure_rates as (

    select
        * exclude (reference_numerator_count, reference_denominator_count)
        -- A sum of counts is wider than a count.
        replace (
            {% for count in all_counts -%}
            cast({{ count }} as bigint) as {{ count }}{{ ',' if not loop.last }}
            {% endfor -%}
        ),
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
