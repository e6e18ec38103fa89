{{ config(materialized='table') }}
{#
    One row per group of waits (referral year, area, ethnic classification, ethnic group, wait) and number of days: how
    many waits ended with the event on that day, and how many were last seen without it.
#}
with area_days as (

    select * from {{ ref('int_wait_area_days') }}
    where wait_days is not null

),

classifications as (

    select * from {{ ref('int_ethnic_classifications') }}

),

name_groups as (

    select
        {{ row_hash(
            'area_days.financial_year', 'area_days.area_level', 'area_days.area_code',
            'classifications.ethnic_classification', 'classifications.ethnic_group', 'area_days.wait'
        ) }} as wait_group_key,
        area_days.wait_days,
        area_days.event_count,
        area_days.timely_event_count,
        area_days.left_count + area_days.waiting_count as censored_count
    from area_days
    inner join classifications
        on area_days.ethnic_category_code is not distinct from classifications.ethnic_category_code

),

sum_by_group as (

    select
        wait_group_key,
        wait_days,
        cast(sum(event_count) as bigint) as event_count,
        cast(sum(timely_event_count) as bigint) as timely_event_count,
        cast(sum(censored_count) as bigint) as censored_count
    from name_groups
    group by wait_group_key, wait_days

)

select * from sum_by_group
