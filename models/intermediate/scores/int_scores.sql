{#
    One row per dated score within its referral, from both tables of the data set.
    Source of the rule: ours. A questionnaire that a session's contact holds (IDS607) and the referral too (IDS606) was
    filled in once: same referral, measure, day and score. A contact whose scores count has it: one that was attended, or
    any (variable count_scores_of_missed_contacts). Where no such contact says a time, that of the referral's row is the
    session's, of several the first.
#}
with referral_scores as (

    select * from {{ ref('int_referral_scores') }}

),

activity_scores as (

    select * from {{ ref('int_activity_scores') }}

),

find_twins as (

    select
        referral_scores.referral_key,
        referral_scores.measure,
        referral_scores.score_date,
        referral_scores.score,
        case when count(activity_scores.score_time) = 0 then min(referral_scores.score_time) end as time_of_session
    from referral_scores
    inner join activity_scores
        on
            referral_scores.referral_key = activity_scores.referral_key
            and referral_scores.measure = activity_scores.measure
            and referral_scores.score_date = activity_scores.score_date
            and referral_scores.score = activity_scores.score
    where activity_scores.is_contact_attended or {{ true_or_false('count_scores_of_missed_contacts') }}
    group by
        referral_scores.referral_key, referral_scores.measure, referral_scores.score_date, referral_scores.score

),

mark_twins as (

    select
        referral_scores.*,
        find_twins.referral_key is not null as is_in_contact_too
    from referral_scores
    left join find_twins
        on
            referral_scores.referral_key = find_twins.referral_key
            and referral_scores.measure = find_twins.measure
            and referral_scores.score_date = find_twins.score_date
            and referral_scores.score = find_twins.score

),

give_times as (

    select
        activity_scores.* exclude (score_time),
        case
            when activity_scores.is_contact_attended or {{ true_or_false('count_scores_of_missed_contacts') }}
                then coalesce(activity_scores.score_time, find_twins.time_of_session)
            else activity_scores.score_time
        end as score_time
    from activity_scores
    left join find_twins
        on
            activity_scores.referral_key = find_twins.referral_key
            and activity_scores.measure = find_twins.measure
            and activity_scores.score_date = find_twins.score_date
            and activity_scores.score = find_twins.score

),

unite_scores as (

    select
        referral_key,
        measure,
        score,
        score_date,
        score_time,
        true as is_contact_attended,
        is_in_contact_too,
        false as is_recorded_in_contact
    from mark_twins
    union all
    select
        referral_key,
        measure,
        score,
        score_date,
        score_time,
        is_contact_attended,
        false as is_in_contact_too,
        true as is_recorded_in_contact
    from give_times

)

select * from unite_scores
