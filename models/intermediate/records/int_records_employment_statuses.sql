{# One row per employment status of a patient, as sent in a used submission and refused by no rule. #}
with checked_rows as (

    select * from {{ ref('int_checked_employment_statuses') }}

),

keep_records as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        patient_key,
        employment_status_code,
        recorded_date,
        recorded_time,
        source_file,
        source_row
    from checked_rows
    where refusal is null

)

select * from keep_records
