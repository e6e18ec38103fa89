{{ config(tags=['quality']) }}
{# One row per pause of a waiting time and submission. Source of the rule: WaitingTimes. #}
with source as (

    select * from {{ source('mds_v1_5', 'WaitingTimes') }}

),

files as (

    select * from {{ ref('base_v1_5__files') }}

),

rename_columns as (

    select
        'v1_5' as mds_version,
        files.submission_id,
        source.pserviceid as service_request_id,
        {{ local_key('source.pauseid', 'files.submission_id') }} as pause_key,
        source.pausestartdate as pause_start_date,
        source.pauseenddate as pause_end_date,
        {{ clean_padded_code('source.pausereason') }} as pause_reason_code,
        source.pausestartdate__unreadable as is_pause_start_date_unreadable,
        source.pauseenddate__unreadable as is_pause_end_date_unreadable,
        source.auditid as audit_id,
        source.source_file,
        source.source_row
    from source
    left join files
        on {{ text_hash('source.iapt_record_number') }} = files.record_key

)

select * from rename_columns
