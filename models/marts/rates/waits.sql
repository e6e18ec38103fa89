{#
    One row per referral year, area, ethnic classification, ethnic group and wait: how long people waited, of those whose
    wait ended and with open waits counted as such, and the gap to White British. Source of the rules: int_wait_quantiles
    and int_wait_survival for the medians and their intervals; the interval of a gap joins the intervals of both medians
    as Newcombe's method 10 joins those of two rates (Zou and Donner 2008, Statistics in Medicine 27:1693).
    Which waits count: docs/rules.md, 28 and 29; waits within 6 and 18 weeks, or of more than 90 days: wait_rates.
#}
with wait_groups as (

    select * from {{ ref('int_wait_groups') }}

),

quantiles as (

    select * from {{ ref('int_wait_quantiles') }}

),

survival as (

    select * from {{ ref('int_wait_survival') }}

),

complete_years as (

    select * from {{ ref('int_complete_years') }}

),

referral_waits as (

    select * from {{ ref('referral_waits') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

join_medians as (

    select
        wait_groups.*,
        quantiles.lower_quartile_days,
        quantiles.median_days,
        quantiles.upper_quartile_days,
        quantiles.median_days_low,
        quantiles.median_days_high,
        survival.survival_median_days,
        survival.survival_median_days_low,
        survival.survival_median_days_high,
        complete_years.is_complete
    from wait_groups
    inner join referral_waits
        on wait_groups.wait = referral_waits.wait
    left join quantiles
        on wait_groups.wait_group_key = quantiles.wait_group_key
    left join survival
        on wait_groups.wait_group_key = survival.wait_group_key
    left join complete_years
        on
            wait_groups.financial_year = complete_years.financial_year
            and wait_groups.area_level = complete_years.area_level
            and wait_groups.area_code = complete_years.area_code
            and referral_waits.counted_with_measure = complete_years.measure

),

pick_reference as (

    select join_medians.*
    from join_medians
    inner join ethnic_categories
        on join_medians.ethnic_group = ethnic_categories.ethnic_group and ethnic_categories.is_reference_group
    where join_medians.ethnic_classification = 'ethnic_group'

),

compare_with_reference as (

    select
        join_medians.financial_year,
        join_medians.area_level,
        join_medians.area_code,
        join_medians.area_name,
        join_medians.ethnic_classification,
        join_medians.ethnic_group,
        join_medians.wait,
        cast(join_medians.timely_event_count as bigint) as ended_wait_count,
        join_medians.median_days,
        join_medians.median_days_low,
        join_medians.median_days_high,
        join_medians.lower_quartile_days,
        join_medians.upper_quartile_days,
        {{ median_difference('join_medians', 'pick_reference', 'median_days') }},
        cast(join_medians.event_count + join_medians.left_count + join_medians.waiting_count as bigint)
            as begun_wait_count,
        cast(join_medians.waiting_count as bigint) as still_waiting_count,
        cast(join_medians.left_count as bigint) as left_waiting_count,
        join_medians.survival_median_days,
        join_medians.survival_median_days_low,
        join_medians.survival_median_days_high,
        {{ median_difference('join_medians', 'pick_reference', 'survival_median_days') }},
        cast(join_medians.unknown_count as bigint) as unknown_count,
        cast(join_medians.outside_window_count as bigint) as outside_window_count,
        cast(join_medians.too_recent_count as bigint) as too_recent_count,
        join_medians.is_complete
    from join_medians
    left join pick_reference
        on
            join_medians.financial_year = pick_reference.financial_year
            and join_medians.area_level = pick_reference.area_level
            and join_medians.area_code = pick_reference.area_code
            and join_medians.wait = pick_reference.wait

)

select * from compare_with_reference
