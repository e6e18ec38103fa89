{# One row per referral and submission; an open referral comes again every month. Source of the rule: IDS101. #}
with source as (

    select * from {{ source('mds_v2_1', 'IDS101Referral') }}

),

rename_columns as (

    select
        uniquesubmissionid as submission_id,
        servicerequestid as service_request_id,
        if(localpatientid is null, null, {{ text_hash('localpatientid') }}) as patient_key,
        nullif(trim(pathwayid), '') as pathway_id,
        nullif(trim(person_id), '') as person_id,
        {{ clean_code('orgidcomm') }} as commissioner_code,
        {{ clean_padded_code('endcode') }} as end_code,
        age_referralrequest_receiveddate as age_supplied,
        referralrequestreceiveddate as referral_received_date,
        servdischdate as discharge_date
    from source

)

select * from rename_columns
