{#
    One row per month, area, ethnic classification, ethnic group and measure: how many referrals wait at the end of the
    month, how many of them for long, and the gap to White British. Source of the rules: int_waiting_changes; intervals as
    in int_rates.
#}
{% set counts = ['groups.long_waiting_count', 'groups.waiting_count'] %}
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
        {{ financial_year('groups.change_month') }} as financial_year,
        substr(cast(groups.change_month as varchar), 1, 7) as waiting_month,
        groups.area_level,
        groups.area_code,
        groups.area_name,
        groups.ethnic_classification,
        groups.ethnic_group,
        groups.measure,
        groups.long_waiting_count,
        groups.waiting_count,
        {{ rate(*counts) }} as long_waiting_share,
        {{ wilson_interval_low(*counts) }} as long_waiting_share_low,
        {{ wilson_interval_high(*counts) }} as long_waiting_share_high,
        {{ risk_difference(*both) }} as difference_to_white_british,
        case when not groups.is_reference_included then {{ risk_difference_low(*both) }} end as difference_low,
        case when not groups.is_reference_included then {{ risk_difference_high(*both) }} end as difference_high
    from waiting_counts as groups
    left join pick_reference as reference
        on
            groups.change_month = reference.change_month
            and groups.area_level = reference.area_level
            and groups.area_code = reference.area_code
            and groups.measure = reference.measure

)

select * from compare_with_reference
