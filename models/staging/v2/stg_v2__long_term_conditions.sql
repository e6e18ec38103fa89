{# One row per long-term condition (or its explicit absence), referral and submission. Source of the rule: IDS602. #}
with source as (

    select * from {{ source('mds_v2', 'IDS602LongTermCondition') }}

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        servicerequestid as service_request_id,
        {{ clean_code('longtermcondition') }} as long_term_condition_code,
        auditid as audit_id,
        source_file,
        source_row
    from source

)

select * from rename_columns
