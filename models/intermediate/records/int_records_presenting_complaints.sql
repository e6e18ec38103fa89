{# One row per presenting complaint of a referral, as sent in a used submission and refused by no rule. #}
with checked_rows as (

    select * from {{ ref('int_checked_presenting_complaints') }}

),

keep_records as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        service_request_key,
        problem_code,
        coding_significance_code,
        recorded_date,
        complaint_id,
        source_file,
        source_row
    from checked_rows
    where refusal is null

)

select * from keep_records
