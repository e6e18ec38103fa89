{# One row per weekly log of internet-enabled therapy and submission. Source of the rule: IDS205. #}
with source as (

    select * from {{ source('mds_v2', 'IDS205InternetTherLog') }}

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        servicerequestid as service_request_id,
        {{ clean_code('intenabledtherprog') }} as therapy_programme,
        startdateintenabledtherlog as start_date,
        enddateintenabledtherlog as end_date,
        startdateintenabledtherlog__unreadable as is_start_date_unreadable,
        enddateintenabledtherlog__unreadable as is_end_date_unreadable,
        auditid as audit_id,
        source_file,
        source_row
    from source

)

select * from rename_columns
