{#
    One row per period, area, ethnic classification, ethnic group, characteristic, its value and measure: the rate and its
    gap to White British.
    Source of the rule: Wilson intervals; the gap's interval by Newcombe's method 10, the ratio's by the log method. Every
    group, the high-level ones too, is compared with the White British of the same period, area and characteristic. The
    intervals need two separate groups of people: there is none for a group that White British people are part of.
#}
with rate_periods as {{ read_anew() }} (

    select * from {{ ref('int_rate_periods') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

{% set counts = ['numerator_count', 'denominator_count'] %}
{% set all_counts = counts + ['unknown_count', 'outside_window_count', 'too_recent_count'] %}
measure_rates as {{ read_anew() }} (

    select
        *
        -- A sum of counts is wider than a count.
        replace (
            {% for count in all_counts -%}
            cast({{ count }} as bigint) as {{ count }}{{ ',' if not loop.last }}
            {% endfor -%}
        ),
        {{ rate('unknown_count', 'denominator_count + unknown_count') }} as unknown_share,
        {{ rate(*counts) }} as rate,
        {{ wilson_interval_low(*counts) }} as rate_low,
        {{ wilson_interval_high(*counts) }} as rate_high
    from rate_periods

),

pick_reference as (

    select measure_rates.*
    from measure_rates
    inner join ethnic_categories
        on measure_rates.ethnic_group = ethnic_categories.ethnic_group and ethnic_categories.is_reference_group
    where measure_rates.ethnic_classification = 'ethnic_group'

),

{% set both = [
    'measure_rates.numerator_count', 'measure_rates.denominator_count',
    'reference.numerator_count', 'reference.denominator_count'
] %}
-- What is asked of the rates, their kind and whether years are pooled, is asked of those compared with too.
compare_with_reference as (

    select
        measure_rates.*,
        measure_rates.rate - reference.rate as difference_to_white_british,
        case
            when not measure_rates.is_reference_included
                then {{ joined_interval_low(
                    'measure_rates.rate', 'measure_rates.rate_low', 'reference.rate', 'reference.rate_high'
                ) }}
        end as difference_low,
        case
            when not measure_rates.is_reference_included
                then {{ joined_interval_high(
                    'measure_rates.rate', 'measure_rates.rate_high', 'reference.rate', 'reference.rate_low'
                ) }}
        end as difference_high,
        measure_rates.rate / nullif(reference.rate, 0) as ratio_to_white_british,
        case when not measure_rates.is_reference_included then {{ risk_ratio_low(*both) }} end as ratio_low,
        case when not measure_rates.is_reference_included then {{ risk_ratio_high(*both) }} end as ratio_high
    from measure_rates
    left join pick_reference as reference
        on
            measure_rates.financial_year = reference.financial_year
            and measure_rates.is_pooled = reference.is_pooled
            and measure_rates.area_level = reference.area_level
            and measure_rates.area_code = reference.area_code
            and measure_rates.characteristic = reference.characteristic
            and measure_rates.characteristic_value = reference.characteristic_value
            and measure_rates.measure_kind = reference.measure_kind
            and measure_rates.measure = reference.measure

)

select * from compare_with_reference
