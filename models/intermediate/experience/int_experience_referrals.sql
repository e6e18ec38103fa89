{# One row per referral with an answer that counts: which questionnaire was answered. Source: report, section 3.8. #}
with answers as (

    select * from {{ ref('int_experience_answers') }}
    where answer_fate is null

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

find_answers as (

    select
        referrals.referral_id,
        bool_or(answers.questionnaire = 'assessment') as has_assessment_answers,
        bool_or(answers.questionnaire = 'treatment') as has_treatment_answers,
        bool_or(answers.answer_value = 1) filter (
            where answers.question = 'enough_information'
        ) as has_enough_information
    from answers
    inner join referrals
        on answers.referral_key = referrals.referral_key
    group by referrals.referral_id

)

select * from find_answers
