{# One row per referral and question of a patient experience questionnaire: the answer that counts. #}
with answers as (

    select * from {{ ref('int_experience_answers') }}
    where answer_fate is null

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

name_referrals as (

    select
        referrals.referral_id,
        answers.questionnaire,
        answers.question,
        answers.question_code,
        answers.answer_code,
        cast(answers.answer_value as tinyint) as answer_value,
        answers.answer_date,
        answers.mds_version
    from answers
    inner join referrals
        on answers.referral_key = referrals.referral_key

)

select * from name_referrals
