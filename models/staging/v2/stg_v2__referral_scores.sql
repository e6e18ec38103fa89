{# One row per score recorded outside a contact, and submission. Source of the rule: IDS606. #}
with source as (

    select * from {{ source('mds_v2', 'IDS606CodedScoreAssessmentRefer') }}

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        servicerequestid as service_request_id,
        {{ clean_code('codedasstooltype') }} as tool_code,
        try_cast(persscore as decimal(9, 4)) as score,
        asstoolcompdate as score_date,
        asstoolcomptime as score_time,
        asstoolcompdate__unreadable as is_score_date_unreadable,
        nullif(trim(persscore), '') as score_text,
        auditid as audit_id,
        source_file,
        source_row
    from source

)

select * from rename_columns
