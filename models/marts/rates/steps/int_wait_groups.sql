{{ config(materialized='table') }}
{#
    One row per referral year, area, ethnic classification, ethnic group and wait: how many waits ended, how many people
    left first or still wait, and how many waits are left out.
#}
with area_days as (

    select * from {{ ref('int_wait_area_days') }}

),

classifications as (

    select * from {{ ref('int_ethnic_classifications') }}

),

sum_days as (

    select
        financial_year,
        area_level,
        area_code,
        area_name,
        ethnic_category_code,
        wait,
        sum(event_count) as event_count,
        sum(timely_event_count) as timely_event_count,
        sum(left_count) as left_count,
        sum(waiting_count) as waiting_count,
        sum(unknown_count) as unknown_count,
        sum(outside_window_count) as outside_window_count,
        sum(too_recent_count) as too_recent_count
    from area_days
    group by all

),

sum_by_group as (

    select
        sum_days.financial_year,
        sum_days.area_level,
        sum_days.area_code,
        sum_days.area_name,
        classifications.ethnic_classification,
        classifications.ethnic_group,
        classifications.is_reference_included,
        sum_days.wait,
        sum(sum_days.event_count) as event_count,
        sum(sum_days.timely_event_count) as timely_event_count,
        sum(sum_days.left_count) as left_count,
        sum(sum_days.waiting_count) as waiting_count,
        sum(sum_days.unknown_count) as unknown_count,
        sum(sum_days.outside_window_count) as outside_window_count,
        sum(sum_days.too_recent_count) as too_recent_count
    from sum_days
    inner join classifications
        on sum_days.ethnic_category_code is not distinct from classifications.ethnic_category_code
    group by all

),

add_key as (

    select
        {{ row_hash(
            'financial_year', 'area_level', 'area_code', 'ethnic_classification', 'ethnic_group', 'wait'
        ) }} as wait_group_key,
        *
    from sum_by_group

)

select * from add_key
