{#
    One row per presenting complaint, referral and submission. Source of the rule: IDS603; ICD-10 without its dot: as the
    complaint was mapped to it, else as it was validated, else as it was sent (NHS England reusable code library). What is
    no ICD-10 code, such as a SNOMED code that stands in the column of mapped ones too, gives way to one that is.
#}
with source as (

    select * from {{ source('mds_v2', 'IDS603PresentingComplaints') }}

),

clean_codes as (

    select
        *,
        {{ without_points(clean_derived_code('presentingcomplaintcode_icd10_mapped')) }} as mapped_code,
        {{ without_points(clean_derived_code('validated_presentingcomplaint')) }} as validated_code,
        {{ without_points(clean_code('prescomp')) }} as sent_code
    from source

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        servicerequestid as service_request_id,
        coalesce(
            {{ icd_10_alone('mapped_code') }},
            {{ icd_10_alone('validated_code') }},
            {{ icd_10_alone('sent_code') }},
            mapped_code,
            validated_code,
            sent_code
        ) as problem_code,
        {{ clean_short_code('prescompcodsig') }} as coding_significance_code,
        prescompdate as recorded_date,
        uniqueid_ids603 as complaint_id,
        auditid as audit_id,
        source_file,
        source_row
    from clean_codes

)

select * from rename_columns
