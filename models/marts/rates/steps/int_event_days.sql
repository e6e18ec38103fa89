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

name_events_of_referrals as (

    select
        provider_code,
        commissioner_code,
        coalesce(ethnic_category_code, ethnicity_recording_status) as ethnicity_key,
        referral_received_date as referrals_received,
        first_treatment_date as first_treatment,
        second_treatment_date as second_treatment,
        discharge_date as ended,
        case when care_contact_count = 0 and not is_accessed then discharge_date end as ended_unseen,
        case when care_contact_count > 0 and not is_accessed then discharge_date end as ended_seen_without_treatment,
        case when is_accessed and not is_course_of_treatment then discharge_date end as treated_once,
        case when is_finished_course then discharge_date end as finished_course
    from referrals

),

name_events_of_courses as (

    select
        provider_code,
        commissioner_code,
        coalesce(ethnic_category_code, ethnicity_recording_status) as ethnicity_key,
        case when is_at_caseness then discharge_date end as at_caseness,
        case when not is_at_caseness then discharge_date end as not_at_caseness,
        case when is_recovered then discharge_date end as recovery,
        case when is_reliably_improved then discharge_date end as reliable_improvement,
        case when is_reliably_recovered then discharge_date end as reliable_recovery,
        case when is_reliably_deteriorated then discharge_date end as reliable_deterioration,
        case when is_paired and not is_reliably_improved and not is_reliably_deteriorated then discharge_date end
            as no_reliable_change
    from episodes

),

-- An event that did not come, whose date is null, has no row.
turn_events_of_referrals as (

    unpivot name_events_of_referrals
    on referrals_received, first_treatment, second_treatment, ended, ended_unseen, ended_seen_without_treatment,
    treated_once, finished_course
    into name event_name value event_date

),

turn_events_of_courses as (

    unpivot name_events_of_courses
    on at_caseness, not_at_caseness, recovery, reliable_improvement, reliable_recovery, reliable_deterioration,
    no_reliable_change
    into name event_name value event_date

),

unite_events as (

    select * from turn_events_of_referrals
    union all
    select * from turn_events_of_courses

),

count_by_month as (

    select
        cast(date_trunc('month', event_date) as date) as first_day,
        provider_code,
        commissioner_code,
        ethnicity_key,
        event_name,
        count(*) as event_count
    from unite_events
    group by all

),

name_months as (

    select
        {{ financial_year('first_day') }} as financial_year,
        {{ financial_quarter('first_day') }} as event_quarter,
        substr(cast(first_day as varchar), 1, 7) as event_month,
        provider_code,
        commissioner_code,
        ethnicity_key,
        event_name,
        event_count
    from count_by_month

)

select * from name_months
