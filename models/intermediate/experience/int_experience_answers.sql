{{ config(materialized='table') }}
{#
    One row per answer to a patient experience questionnaire of any version, with the fate that keeps it from counting,
    if any: no referral, not an answer of its question, or replaced by another of the referral to the question.
    Source of the rule: seeds experience_questions and experience_answers; the latest answer counts, as the latest score
    does, and of several on a day the least favourable.
#}
with contact_answers as (

    select * from {{ ref('int_experience_contact_answers') }}

),

referral_answers as (

    select * from {{ ref('int_experience_referral_answers') }}

),

person_answers as (

    select * from {{ ref('int_experience_person_answers') }}

),

experience_questions as (

    select * from {{ ref('experience_questions') }}

),

experience_answers as (

    select * from {{ ref('experience_answers') }}

),

unite_versions as (

    select * from contact_answers
    union all
    select * from referral_answers
    union all
    select * from person_answers

),

read_answers as (

    select
        unite_versions.mds_version,
        unite_versions.entity,
        unite_versions.provider_code,
        unite_versions.referral_key,
        unite_versions.question_code,
        experience_questions.questionnaire,
        experience_questions.question,
        experience_answers.answer_code,
        experience_answers.answer_order,
        experience_answers.answer_value,
        unite_versions.answer_date,
        case
            when unite_versions.referral_key is null then 'answer_without_referral'
            when experience_answers.answer_code is null then 'answer_not_of_the_question'
        end as own_fate
    from unite_versions
    inner join experience_questions
        on unite_versions.question_code = experience_questions.question_code
    left join experience_answers
        on
            experience_questions.answer_scale = experience_answers.answer_scale
            -- A number may have come as 3.0 or 03.
            and coalesce(
                cast(try_cast(unite_versions.answer_code as decimal(9, 4)) as varchar), unite_versions.answer_code
            )
            = coalesce(
                cast(try_cast(experience_answers.answer_code as decimal(9, 4)) as varchar),
                experience_answers.answer_code
            )

),

rank_answers as (

    select
        *,
        row_number() over (
            partition by referral_key, question_code, own_fate
            order by answer_date desc, answer_order asc, mds_version asc, entity asc, provider_code asc
        ) as answer_rank
    from read_answers

),

decide_fates as (

    select
        * exclude (own_fate, answer_rank),
        case
            when own_fate is not null then own_fate
            when answer_rank > 1 then 'answer_replaced_by_another'
        end as answer_fate
    from rank_answers

)

select * from decide_fates
