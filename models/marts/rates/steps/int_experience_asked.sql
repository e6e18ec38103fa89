{#
    One row per referral counted as having answered a questionnaire, and question that it was asked: the answer, if any.
    Source of the rule: a question without a column in version 1.5 is not asked there (seed experience_questions).
#}
with fates as (

    select * from {{ ref('int_experience_fates') }}
    where has_outcome and row_fate is null

),

answers as (

    select * from {{ ref('fct_experience_answers') }}

),

experience_questions as (

    select * from {{ ref('experience_questions') }}

),

find_versions as (

    select
        referral_id,
        questionnaire,
        bool_or(mds_version <> 'v1_5') as is_of_version_2
    from answers
    group by referral_id, questionnaire

),

ask_questions as (

    select
        fates.referral_id,
        fates.financial_year,
        fates.provider_code,
        fates.commissioner_code,
        fates.ethnicity_key,
        fates.measure,
        experience_questions.questionnaire,
        experience_questions.question_code
    from fates
    inner join experience_questions
        on fates.measure = concat(experience_questions.questionnaire, '_questionnaire')
    inner join find_versions
        on
            fates.referral_id = find_versions.referral_id
            and experience_questions.questionnaire = find_versions.questionnaire
    where find_versions.is_of_version_2 or experience_questions.source_column is not null

),

find_answers as (

    select
        ask_questions.*,
        answers.answer_code,
        answers.answer_value
    from ask_questions
    left join answers
        on
            ask_questions.referral_id = answers.referral_id
            and ask_questions.question_code = answers.question_code

)

select * from find_answers
