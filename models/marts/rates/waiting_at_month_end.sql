{#
    One row per month, area, ethnic classification, ethnic group and measure: how many referrals wait at the end of the
    month, how many of them for long, and the gap to White British. Source of the rules: int_waiting_changes; intervals as
    in int_rates.
#}
{% set counts = ['waiting_counts.long_waiting_count', 'waiting_counts.waiting_count'] %}
{% set both = counts + ['reference.long_waiting_count', 'reference.waiting_count'] %}
with waiting_counts as (

    select * from {{ ref('int_waiting_counts') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

pick_reference as (

    select waiting_counts.*
    from waiting_counts
    inner join ethnic_categories
        on waiting_counts.ethnic_group = ethnic_categories.ethnic_group and ethnic_categories.is_reference_group
    where waiting_counts.ethnic_classification = 'ethnic_group'

),

compare_with_reference as (

    select
        {{ financial_year('waiting_counts.change_month') }} as financial_year,
        substr(cast(waiting_counts.change_month as varchar), 1, 7) as waiting_month,
        waiting_counts.area_level,
        waiting_counts.area_code,
        waiting_counts.area_name,
        waiting_counts.ethnic_classification,
        waiting_counts.ethnic_group,
        waiting_counts.measure,
        waiting_counts.long_waiting_count,
        waiting_counts.waiting_count,
        {{ rate(*counts) }} as long_waiting_share,
        {{ wilson_interval_low(*counts) }} as long_waiting_share_low,
        {{ wilson_interval_high(*counts) }} as long_waiting_share_high,
        {{ risk_difference(*both) }} as difference_to_white_british,
        case when not waiting_counts.is_reference_included then {{ risk_difference_low(*both) }} end as difference_low,
        case when not waiting_counts.is_reference_included then {{ risk_difference_high(*both) }} end as difference_high
    from waiting_counts
    left join pick_reference as reference
        on
            waiting_counts.change_month = reference.change_month
            and waiting_counts.area_level = reference.area_level
            and waiting_counts.area_code = reference.area_code
            and waiting_counts.measure = reference.measure

)

select * from compare_with_reference
