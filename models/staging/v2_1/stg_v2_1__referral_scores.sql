{# One row per score recorded outside a contact, and submission. Source of the rule: IDS606. #}
with source as (

    select * from {{ source('mds_v2_1', 'IDS606CodedScoreAssessmentRefer') }}

),

rename_columns as (

    select
        uniquesubmissionid as submission_id,
        servicerequestid as service_request_id,
        {{ clean_code('codedasstooltype') }} as tool_code,
        try_cast(trim(persscore) as decimal(9, 4)) as score,
        asstoolcompdate as score_date,
        asstoolcomptime as score_time
    from source

)

select * from rename_columns
