{# One row per referral with a provisional diagnosis, and submission. Source of the rule: Referral, PROVDIAG. #}
with source as (

    select * from {{ source('mds_v1_5', 'Referral') }}

),

files as (

    select * from {{ ref('base_v1_5__files') }}

),

rename_columns as (

    select
        'v1_5' as mds_version,
        files.submission_id,
        source.pserviceid as service_request_id,
        replace({{ clean_code('source.provdiag') }}, '.', '') as problem_code,
        cast(null as varchar) as coding_significance_code,
        cast(null as date) as recorded_date,
        cast(null as varchar) as complaint_id,
        source.auditid as audit_id,
        source.source_file,
        source.source_row
    from source
    left join files
        on {{ text_hash('source.iapt_record_number') }} = files.record_key
    where {{ clean_code('source.provdiag') }} is not null

)

select * from rename_columns
