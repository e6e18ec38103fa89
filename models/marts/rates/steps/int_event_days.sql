{{ config(materialized='table') }}
{#
    One row per month, provider, commissioner, ethnicity and event: how many referrals came to it in the month. Source of
    the rule: the national publication counts events by the month that they fall in, whenever the referral was received
    and whether it is in the window or not (M001, M031, M184, M056, M073 to M076; of finished courses M179, M185, M189,
    M191, M193; at caseness and without reliable change: annual metadata). The month of a second treatment is not known where it was a log of internet therapy.
#}
with referrals as (

    select * from {{ ref('fct_referrals') }}

),

episodes as (

    select * from {{ ref('fct_episodes') }}

),

events as (

    select term as event_name
    from {{ ref('measure_definitions') }}
    where vocabulary = 'event_counts.event_name'

),

date_events_of_referrals as (

    select
        referrals.provider_code,
        referrals.commissioner_code,
        coalesce(referrals.ethnic_category_code, referrals.ethnicity_recording_status) as ethnicity_key,
        events.event_name,
        case
            when events.event_name = 'referrals_received' then referrals.referral_received_date
            when events.event_name = 'first_treatment' then referrals.first_treatment_date
            when events.event_name = 'second_treatment' then referrals.second_treatment_date
            when events.event_name = 'ended' then referrals.discharge_date
            when
                events.event_name = 'ended_unseen'
                and referrals.care_contact_count = 0
                and not referrals.is_accessed
                then referrals.discharge_date
            when
                events.event_name = 'ended_seen_without_treatment'
                and referrals.care_contact_count > 0
                and not referrals.is_accessed
                then referrals.discharge_date
            when
                events.event_name = 'treated_once'
                and referrals.is_accessed
                and not referrals.is_course_of_treatment
                then referrals.discharge_date
            when events.event_name = 'finished_course' and referrals.is_finished_course then referrals.discharge_date
        end as event_date
    from referrals
    cross join events

),

date_events_of_courses as (

    select
        episodes.provider_code,
        episodes.commissioner_code,
        coalesce(episodes.ethnic_category_code, episodes.ethnicity_recording_status) as ethnicity_key,
        events.event_name,
        case
            when events.event_name = 'at_caseness' and episodes.is_at_caseness then episodes.discharge_date
            when events.event_name = 'not_at_caseness' and not episodes.is_at_caseness then episodes.discharge_date
            when events.event_name = 'recovery' and episodes.is_recovered then episodes.discharge_date
            when events.event_name = 'reliable_improvement' and episodes.is_reliably_improved
                then episodes.discharge_date
            when events.event_name = 'reliable_recovery' and episodes.is_reliably_recovered then episodes.discharge_date
            when events.event_name = 'reliable_deterioration' and episodes.is_reliably_deteriorated
                then episodes.discharge_date
            when
                events.event_name = 'no_reliable_change'
                and episodes.is_paired
                and not episodes.is_reliably_improved
                and not episodes.is_reliably_deteriorated
                then episodes.discharge_date
        end as event_date
    from episodes
    cross join events

),

unite_events as (

    select * from date_events_of_referrals
    where event_date is not null
    union all
    select * from date_events_of_courses
    where event_date is not null

),

count_by_month as (

    select
        {{ financial_year('event_date') }} as financial_year,
        {{ financial_quarter('event_date') }} as event_quarter,
        substr(cast(event_date as varchar), 1, 7) as event_month,
        provider_code,
        commissioner_code,
        ethnicity_key,
        event_name,
        count(*) as event_count
    from unite_events
    group by all

)

select * from count_by_month
