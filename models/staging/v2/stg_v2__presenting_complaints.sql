{# One row per presenting complaint, referral and submission. Source of the rule: IDS603; ICD-10 without its dot. #}
with source as (

    select * from {{ source('mds_v2', 'IDS603PresentingComplaints') }}

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        servicerequestid as service_request_id,
        replace({{ clean_code('prescomp') }}, '.', '') as problem_code,
        {{ clean_short_code('prescompcodsig') }} as coding_significance_code,
        prescompdate as recorded_date,
        source_file,
        source_row
    from source

)

select * from rename_columns
