{{ config(tags=['quality']) }}
{# One row per disability of a patient, as sent in a used submission and refused by no rule. #}
with checked_rows as (

    select * from {{ ref('int_checked_disabilities') }}

),

keep_records as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        patient_key,
        disability_code,
        source_file,
        source_row
    from checked_rows
    where refusal is null

)

select * from keep_records
