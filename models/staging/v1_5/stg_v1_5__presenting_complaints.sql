{#
    One row per referral with a provisional diagnosis, and submission. Source of the rule: Referral; ICD-10 without its
    dot: IC_PROVDIAG, as it was validated, else PROVDIAG, as it was sent, as in version 2. IC_PROBDESC_PRIMARY and
    IC_PROBDESC_SECONDARY are not read: no published source says what they hold.
#}
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
        replace(
            coalesce({{ clean_derived_code('source.ic_provdiag') }}, {{ clean_code('source.provdiag') }}), '.', ''
        ) as problem_code,
        cast(null as varchar) as coding_significance_code,
        cast(null as date) as recorded_date,
        cast(null as varchar) as complaint_id,
        source.auditid as audit_id,
        source.source_file,
        source.source_row
    from source
    left join files
        on {{ text_hash('source.iapt_record_number') }} = files.record_key
    where
        {{ clean_code('source.provdiag') }} is not null
        or {{ clean_derived_code('source.ic_provdiag') }} is not null

)

select * from rename_columns
