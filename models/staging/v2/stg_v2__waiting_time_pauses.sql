{{ config(tags=['quality']) }}
{# One row per pause of a waiting time and submission. Source of the rule: IDS108. #}
with source as (

    select * from {{ source('mds_v2', 'IDS108WaitingTimePauses') }}

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        servicerequestid as service_request_id,
        {{ local_key('pauseid', 'mds_version, uniquesubmissionid') }} as pause_key,
        pausestartdate as pause_start_date,
        pauseenddate as pause_end_date,
        {{ clean_padded_code('pausereason') }} as pause_reason_code,
        pausestartdate__unreadable as is_pause_start_date_unreadable,
        pauseenddate__unreadable as is_pause_end_date_unreadable,
        auditid as audit_id,
        source_file,
        source_row
    from source

)

select * from rename_columns
