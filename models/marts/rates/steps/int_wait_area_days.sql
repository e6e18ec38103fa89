{{ config(materialized='table') }}
{#
    One row per referral year, area, ethnic category (null: none valid), wait and number of days: the counts of
    int_wait_days by area, with a key of what is one group of waits.
#}
with wait_days as (

    select * from {{ ref('int_wait_days') }}

),

areas as (

    select * from {{ ref('int_areas') }}

),

sum_by_area as (

    select
        wait_days.financial_year,
        areas.area_level,
        areas.area_code,
        areas.area_name,
        wait_days.ethnic_category_code,
        wait_days.wait,
        wait_days.wait_days,
        sum(wait_days.event_count) as event_count,
        sum(wait_days.timely_event_count) as timely_event_count,
        sum(wait_days.left_count) as left_count,
        sum(wait_days.waiting_count) as waiting_count,
        sum(wait_days.unknown_count) as unknown_count,
        sum(wait_days.outside_window_count) as outside_window_count,
        sum(wait_days.too_recent_count) as too_recent_count
    from wait_days
    inner join areas
        on
            wait_days.provider_code = areas.provider_code
            and wait_days.commissioner_code is not distinct from areas.commissioner_code
    group by all

)

select * from sum_by_area
