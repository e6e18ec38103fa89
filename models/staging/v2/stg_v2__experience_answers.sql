{# One row per answer to a patient experience questionnaire. Source of the rule: IDS606 and IDS607. #}
with referral_scores as (

    select * from {{ source('mds_v2', 'IDS606CodedScoreAssessmentRefer') }}

),

activity_scores as (

    select * from {{ source('mds_v2', 'IDS607CodedScoreAssessmentAct') }}

),

experience_questions as (

    select * from {{ ref('experience_questions') }}

),

unite_answers as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        servicerequestid as service_request_id,
        cast(null as ubigint) as care_activity_key,
        {{ clean_code('codedasstooltype') }} as question_code,
        {{ clean_code('persscore') }} as answer_code,
        asstoolcompdate as answer_date,
        source_file,
        source_row
    from referral_scores
    union all
    select
        mds_version,
        uniquesubmissionid as submission_id,
        cast(null as varchar) as service_request_id,
        {{ local_key('careactid', 'mds_version, uniquesubmissionid') }} as care_activity_key,
        {{ clean_code('codedasstooltype') }} as question_code,
        {{ clean_code('persscore') }} as answer_code,
        cast(null as date) as answer_date,
        source_file,
        source_row
    from activity_scores

),

keep_questions as (

    select
        unite_answers.mds_version,
        unite_answers.submission_id,
        cast(null as ubigint) as patient_key,
        unite_answers.service_request_id,
        unite_answers.care_activity_key,
        unite_answers.question_code,
        unite_answers.answer_code,
        unite_answers.answer_date,
        unite_answers.source_file,
        unite_answers.source_row
    from unite_answers
    inner join experience_questions
        on unite_answers.question_code = experience_questions.question_code

)

select * from keep_questions
