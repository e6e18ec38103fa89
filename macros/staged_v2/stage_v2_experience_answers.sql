{# One row per answer to a patient experience questionnaire. Source of the rule: IDS606 and IDS607. #}
{% macro stage_v2_experience_answers(source_name) -%}
with referral_scores as (

    select * from {{ source(source_name, 'IDS606CodedScoreAssessmentRefer') }}

),

activity_scores as (

    select * from {{ source(source_name, 'IDS607CodedScoreAssessmentAct') }}

),

experience_questions as (

    select * from {{ ref('experience_questions') }}

),

unite_answers as (

    select
        uniquesubmissionid as submission_id,
        {{ blank_to_null('servicerequestid') }} as service_request_id,
        cast(null as ubigint) as care_activity_key,
        {{ clean_code('codedasstooltype') }} as question_code,
        {{ clean_code('persscore') }} as answer_code,
        asstoolcompdate as answer_date,
        source_file,
        source_row
    from referral_scores
    union all
    select
        uniquesubmissionid as submission_id,
        cast(null as varchar) as service_request_id,
        {{ local_key('careactid', 'uniquesubmissionid') }} as care_activity_key,
        {{ clean_code('codedasstooltype') }} as question_code,
        {{ clean_code('persscore') }} as answer_code,
        cast(null as date) as answer_date,
        source_file,
        source_row
    from activity_scores

),

keep_questions as (

    select
        unite_answers.submission_id,
        cast(null as ubigint) as patient_key,
        unite_answers.* exclude (submission_id)
    from unite_answers
    inner join experience_questions
        on unite_answers.question_code = experience_questions.question_code

)

select * from keep_questions
{%- endmacro %}
