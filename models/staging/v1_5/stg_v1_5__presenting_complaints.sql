{#
    One row per referral with a provisional diagnosis, and submission. Source of the rule: Referral; ICD-10 without its
    dot: IC_PROVDIAG, as it was validated, else PROVDIAG, as it was sent, as in version 2; what is no ICD-10 code gives
    way to one that is. IC_PROBDESC_PRIMARY and IC_PROBDESC_SECONDARY are not read: no published source says what they
    hold.
#}
with source as (

    select * from {{ source('mds_v1_5', 'Referral') }}

),

files as (

    select * from {{ ref('base_v1_5__files') }}

),

clean_codes as (

    select
        *,
        {{ without_points(clean_derived_code('ic_provdiag')) }} as validated_code,
        {{ without_points(clean_code('provdiag')) }} as sent_code
    from source

),

rename_columns as (

    select
        'v1_5' as mds_version,
        files.submission_id,
        clean_codes.pserviceid as service_request_id,
        coalesce(
            {{ icd_10_alone('clean_codes.validated_code') }},
            {{ icd_10_alone('clean_codes.sent_code') }},
            clean_codes.validated_code,
            clean_codes.sent_code
        ) as problem_code,
        cast(null as varchar) as coding_significance_code,
        cast(null as date) as recorded_date,
        cast(null as varchar) as complaint_id,
        clean_codes.auditid as audit_id,
        clean_codes.source_file,
        clean_codes.source_row
    from clean_codes
    left join files
        on {{ text_hash('clean_codes.iapt_record_number') }} = files.record_key
    where clean_codes.validated_code is not null or clean_codes.sent_code is not null

)

select * from rename_columns
