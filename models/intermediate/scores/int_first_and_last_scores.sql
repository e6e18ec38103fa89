{{ config(materialized='table') }}
{#
    One row per referral and measure: the first and the last valid score, in order of date.
    Source of the rule: M196 to M202; there is no last score before the discharge, nor where only one was recorded.
    Within a day by time, that of the score or of its contact, whichever table it stands in; one without a time comes
    first. At one time a score outside a contact comes first, then the lower score (our reading). A questionnaire that
    every activity of a session carries was filled in once: scores alike in day, time and value are no pair (ours).
#}
with scores as (

    select * from {{ ref('int_scores_valid') }}

),

courses as (

    select * from {{ ref('int_courses_of_treatment') }}

),

assessment_tools as (

    select * from {{ ref('assessment_tools') }}

),

order_scores as (

    select
        scores.referral_key,
        scores.measure,
        scores.score,
        {{ score_order(
            'scores.score_date', 'scores.is_recorded_in_contact', 'scores.score_time', 'scores.score'
        ) }} as score_order
    from scores

),

take_first_and_last as (

    select
        referral_key,
        measure,
        count(*) as score_count,
        min(score_order) < max(score_order) as has_another_score,
        min_by(score, score_order) as first_score,
        max_by(score, score_order) as latest_score
    from order_scores
    group by referral_key, measure

),

require_two_scores as (

    select
        take_first_and_last.referral_key,
        take_first_and_last.measure,
        assessment_tools.measure_role,
        take_first_and_last.score_count,
        take_first_and_last.first_score,
        case
            when
                courses.is_discharged
                and take_first_and_last.has_another_score
                and take_first_and_last.score_count >= {{ rule_value('paired_scores_minimum_count') }}
                then take_first_and_last.latest_score
        end as last_score
    from take_first_and_last
    inner join courses
        on take_first_and_last.referral_key = courses.referral_key
    inner join assessment_tools
        on take_first_and_last.measure = assessment_tools.measure

)

select * from require_two_scores
