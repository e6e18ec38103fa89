{#
    One row per answer to a patient experience questionnaire. Version 1.5 ties it to the person, not to a referral.
    Source of the rule: Treatments and Assessments, read as questions by the seed experience_questions.
#}
with treatments as (

    select * from {{ source('mds_v1_5', 'Treatments') }}

),

assessments as (

    select * from {{ source('mds_v1_5', 'Assessments') }}

),

files as (

    select * from {{ ref('base_v1_5__files') }}

),

experience_questions as (

    select * from {{ ref('experience_questions') }}

),

list_treatment_answers as (

    unpivot treatments
    on treatment1, treatment2, treatment3, treatment4, treatment5
    into name question_column value answer_text

),

list_assessment_answers as (

    unpivot assessments
    on assessment1, assessment2, assessment3, satisfaction
    into name question_column value answer_text

),

unite_answers as (

    select
        * exclude (treatpeqdate, treatpeqtime),
        'treatments' as entity,
        treatpeqdate as answer_date
    from list_treatment_answers
    union all by name
    select
        * exclude (assesspeqdate, assesspeqtime),
        'assessments' as entity,
        assesspeqdate as answer_date
    from list_assessment_answers

),

read_answers as (

    select
        'v1_5' as mds_version,
        unite_answers.entity,
        files.submission_id,
        {{ local_key('unite_answers.iapt_person_id', "'v1_5'") }} as patient_key,
        experience_questions.question_code,
        {{ clean_code('unite_answers.answer_text') }} as answer_code,
        unite_answers.answer_date,
        unite_answers.source_file,
        unite_answers.source_row
    from unite_answers
    inner join experience_questions
        on lower(unite_answers.question_column) = experience_questions.source_column
    left join files
        on {{ text_hash('unite_answers.iapt_record_number') }} = files.record_key
    where {{ clean_code('unite_answers.answer_text') }} is not null

)

select * from read_answers
