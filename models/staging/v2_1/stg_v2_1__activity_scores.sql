{# One row per score recorded in a care activity, and submission. Source of the rule: IDS607; dated by its contact. #}
with source as (

    select * from {{ source('mds_v2_1', 'IDS607CodedScoreAssessmentAct') }}

),

rename_columns as (

    select
        uniquesubmissionid as submission_id,
        {{ text_hash('careactid', 'uniquesubmissionid') }} as care_activity_key,
        {{ clean_code('codedasstooltype') }} as tool_code,
        try_cast(trim(persscore) as decimal(9, 4)) as score
    from source

)

select * from rename_columns
