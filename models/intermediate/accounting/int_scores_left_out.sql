{# One row per provider and reason: scores within a referral that do not count. Source: docs/rules.md, 11 and 12. #}
with scores as (

    select * from {{ ref('int_scores') }}

),

assessment_tools as (

    select * from {{ ref('assessment_tools') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

give_reasons as (

    select
        scores.referral_key,
        if(
            scores.is_recorded_in_contact, 'IDS607CodedScoreAssessmentAct', 'IDS606CodedScoreAssessmentRefer'
        ) as source_table,
        case
            when scores.score not between assessment_tools.minimum_score and assessment_tools.maximum_score
                then 'score_outside_range'
            when assessment_tools.is_whole_number and scores.score <> trunc(scores.score)
                then 'score_not_a_whole_number'
            when not scores.is_contact_attended and not {{ true_or_false('count_scores_of_missed_contacts') }}
                then 'contact_not_attended'
            when scores.is_in_contact_too then 'recorded_in_contact_too'
        end as reason
    from scores
    inner join assessment_tools
        on scores.measure = assessment_tools.measure

),

count_scores as (

    select
        referrals.provider_code,
        give_reasons.source_table,
        give_reasons.reason,
        count(*) as record_count
    from give_reasons
    inner join referrals
        on give_reasons.referral_key = referrals.referral_key
    where give_reasons.reason is not null
    group by all

)

select * from count_scores
