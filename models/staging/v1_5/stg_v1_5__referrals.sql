{# One row per referral and submission; an open referral comes again every month. Source of the rule: Referral. #}
with source as (

    select * from {{ source('mds_v1_5', 'Referral') }}

),

files as (

    select * from {{ ref('base_v1_5__files') }}

),

ages as (

    select * from {{ ref('base_v1_5__ages') }}

),

rename_columns as (

    select
        'v1_5' as mds_version,
        files.submission_id,
        source.pserviceid as service_request_id,
        {{ local_key('source.iapt_person_id', "'v1_5'") }} as patient_key,
        nullif(trim(source.ic_pathway_id), '') as pathway_id,
        nullif(trim(source.iapt_person_id), '') as person_id,
        {{ clean_code('source.orgcodecomm') }} as commissioner_code,
        {{ clean_padded_code('source.endcode') }} as end_code,
        ages.age_at_referral as age_supplied,
        source.ic_use_pathway_flag as is_pathway_used,
        source.refrecdate as referral_received_date,
        source.enddate as discharge_date,
        source.refrecdate__unreadable as is_referral_received_date_unreadable,
        source.enddate__unreadable as is_discharge_date_unreadable,
        source.auditid as audit_id,
        source.source_file,
        source.source_row
    from source
    left join files
        on {{ text_hash('source.iapt_record_number') }} = files.record_key
    left join ages
        on {{ v1_5_request_key('source') }} = ages.request_key

)

select * from rename_columns
