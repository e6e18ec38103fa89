{{ config(materialized='table') }}
{#
    One row per event of a referral (first treatment, second treatment, end of a course): how long one must wait for it.
    Source of the rule: docs/rules.md, 29. Of the referrals that ever come to the event, the share of the seed has come
    to it by that day after receipt. Counted among those of the first half of the window, who had as long again as the
    later ones to come to it: of recent ones only the quick are known. Where nobody is in it, there is no day to wait for.
#}
with referral_windows as (

    select * from {{ ref('int_referral_windows') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

contact_counts as (

    select * from {{ ref('int_trusted_contact_counts') }}

),

courses as (

    select * from {{ ref('int_courses_of_treatment') }}

),

outcome_measures as (

    select * from {{ ref('outcome_measures') }}

),

keep_first_half as (

    select
        referrals.referral_received_date,
        contact_counts.first_treatment_date,
        contact_counts.second_treatment_date,
        case when courses.is_finished_course then referrals.discharge_date end as course_end_date
    from referral_windows
    inner join referrals
        on referral_windows.referral_key = referrals.referral_key
    inner join contact_counts
        on referral_windows.referral_key = contact_counts.referral_key
    inner join courses
        on referral_windows.referral_key = courses.referral_key
    where referral_windows.is_received_in_window and referral_windows.days_until_end * 2 >= referral_windows.window_days

),

list_events as (

    select
        'first_treatment' as follow_up_event,
        first_treatment_date - referral_received_date as event_days
    from keep_first_half
    union all
    select
        'second_treatment' as follow_up_event,
        second_treatment_date - referral_received_date as event_days
    from keep_first_half
    union all
    select
        'end_of_course' as follow_up_event,
        course_end_date - referral_received_date as event_days
    from keep_first_half
    union all
    select
        follow_up_event,
        cast(null as bigint) as event_days
    from outcome_measures

),

count_days as (

    select
        follow_up_event,
        event_days,
        count(event_days) as event_count
    from list_events
    group by follow_up_event, event_days

),

add_up_days as (

    select
        follow_up_event,
        event_days,
        event_count,
        sum(event_count) over (partition by follow_up_event order by event_days asc) as reached_count,
        sum(event_count) over (partition by follow_up_event) as all_count
    from count_days

),

find_days as (

    select
        follow_up_event,
        cast(sum(event_count) as bigint) as event_count,
        min(event_days) filter (where reached_count * 100 >= {{ rule_value('follow_up_percentage') }} * all_count)
            as days_by_data
    from add_up_days
    group by follow_up_event

),

choose_days as (

    select
        follow_up_event,
        event_count,
        cast(
            coalesce(
                {%- if follow_up_days() %}
                case when follow_up_event <> 'end_of_course' then {{ follow_up_days() }} end,
                {%- endif %}
                days_by_data,
                0
            ) as integer
        ) as follow_up_days,
        cast(coalesce(days_by_data, 0) as integer) as days_by_data
    from find_days

),

-- Whoever counts, the last of a year have not had time before the days of the data have passed.
find_days_of_whole_years as (

    select
        follow_up_event,
        event_count,
        follow_up_days,
        greatest(follow_up_days, days_by_data) as whole_year_days
    from choose_days

)

select * from find_days_of_whole_years
