{{ config(materialized='table') }}
{#
    One row per referral year, provider, commissioner, ethnic category (null: none valid), wait and number of days: how
    many waits ended with the event on that day, and how many were last seen without it. Source of the rule: a person who
    still waits, or left before the event, waited for at least so long (censored: Kaplan and Meier 1958). Who was
    discharged without the event left on the day of discharge; who was not is observed until the day of docs/rules.md, 28.
    A wait whose days are null counts neither way: the referral is outside the window, or the day is not known.
#}
with referrals as (

    select * from {{ ref('fct_referrals') }}

),

referral_waits as (

    select * from {{ ref('referral_waits') }}

),

list_waits as (

    select
        referrals.referral_financial_year as financial_year,
        referrals.provider_code,
        referrals.commissioner_code,
        referrals.ethnic_category_code,
        referral_waits.wait,
        referrals.is_received_in_window,
        case referral_waits.wait
            when 'referral_to_assessment' then referrals.days_referral_to_assessment
            when 'referral_to_first_treatment' then referrals.days_referral_to_first_treatment
            when 'first_to_second_treatment' then referrals.days_first_to_second_treatment
        end as event_days,
        case referral_waits.wait
            when 'first_to_second_treatment' then referrals.is_course_of_treatment
            else referrals.is_accessed
        end as has_had_event,
        case referral_waits.wait
            when 'first_to_second_treatment' then referrals.days_referral_to_first_treatment
            else 0
        end as days_before,
        case referral_waits.wait
            when 'first_to_second_treatment' then referrals.has_enough_follow_up_for_course
            else referrals.has_enough_follow_up
        end as has_had_time,
        referrals.days_observed,
        referrals.discharge_date - referrals.referral_received_date as days_to_discharge
    from referrals
    cross join referral_waits
    where referral_waits.wait <> 'first_to_second_treatment' or referrals.is_accessed

),

mark_ends as (

    select
        *,
        case
            when not is_received_in_window then 'outside_window'
            when event_days is not null then 'event'
            when has_had_event or days_before is null then 'unknown'
            when days_to_discharge <= days_observed then 'left'
            else 'waiting'
        end as wait_end
    from list_waits

),

-- least() passes over null: who has no discharge is observed to the end.
measure_days as (

    select
        *,
        case
            when wait_end = 'event' then event_days
            when wait_end in ('left', 'waiting')
                then greatest(least(days_observed, days_to_discharge) - days_before, 0)
        end as wait_days
    from mark_ends

),

count_by_day as (

    select
        financial_year,
        provider_code,
        commissioner_code,
        ethnic_category_code,
        wait,
        cast(wait_days as integer) as wait_days,
        count(*) filter (where wait_end = 'event') as event_count,
        count(*) filter (where wait_end = 'event' and has_had_time) as timely_event_count,
        count(*) filter (where wait_end = 'left') as left_count,
        count(*) filter (where wait_end = 'waiting') as waiting_count,
        count(*) filter (where wait_end = 'unknown') as unknown_count,
        count(*) filter (where wait_end = 'outside_window') as outside_window_count,
        count(*) filter (where wait_end <> 'outside_window' and not has_had_time) as too_recent_count
    from measure_days
    group by all

)

select * from count_by_day
