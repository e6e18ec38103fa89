{#
    One row per presenting complaint, referral and submission. Source of the rule: IDS603; ICD-10 without its dot: as the
    complaint was mapped to it, else as it was validated, else as it was sent (NHS England reusable code library).
#}
with source as (

    select * from {{ source('mds_v2', 'IDS603PresentingComplaints') }}

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        servicerequestid as service_request_id,
        replace(
            coalesce(
                {{ clean_derived_code('presentingcomplaintcode_icd10_mapped') }},
                {{ clean_derived_code('validated_presentingcomplaint') }},
                {{ clean_code('prescomp') }}
            ),
            '.',
            ''
        ) as problem_code,
        {{ clean_short_code('prescompcodsig') }} as coding_significance_code,
        prescompdate as recorded_date,
        uniqueid_ids603 as complaint_id,
        auditid as audit_id,
        source_file,
        source_row
    from source

)

select * from rename_columns
