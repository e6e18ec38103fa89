{# One row per score recorded in a care activity, and submission. Source of the rule: IDS607; dated by its contact. #}
with source as (

    select * from {{ source('mds_v2', 'IDS607CodedScoreAssessmentAct') }}

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        {{ local_key('careactid', 'mds_version, uniquesubmissionid') }} as care_activity_key,
        {{ clean_code('codedasstooltype') }} as tool_code,
        try_cast(persscore as decimal(9, 4)) as score,
        nullif(trim(persscore), '') as score_text,
        auditid as audit_id,
        source_file,
        source_row
    from source

)

select * from rename_columns
