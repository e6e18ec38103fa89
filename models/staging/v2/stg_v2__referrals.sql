{# One row per referral and submission; an open referral comes again every month. Source of the rule: IDS101. #}
with source as (

    select * from {{ source('mds_v2', 'IDS101Referral') }}

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        servicerequestid as service_request_id,
        {{ local_key('localpatientid') }} as patient_key,
        pathwayid as pathway_id,
        person_id,
        {{ clean_code('orgidcomm') }} as commissioner_code,
        {{ clean_padded_code('endcode') }} as end_code,
        age_referralrequest_receiveddate as age_supplied,
        usepathway_flag as is_pathway_used,
        referralrequestreceiveddate as referral_received_date,
        servdischdate as discharge_date,
        referralrequestreceiveddate__unreadable as is_referral_received_date_unreadable,
        servdischdate__unreadable as is_discharge_date_unreadable,
        auditid as audit_id,
        source_file,
        source_row
    from source

)

select * from rename_columns
