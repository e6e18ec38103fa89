{# One row per weekly log of internet-enabled therapy, as sent in a used submission and refused by no rule. #}
with checked_rows as (

    select * from {{ ref('int_checked_internet_therapy_logs') }}

),

keep_records as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        service_request_key,
        therapy_programme,
        start_date,
        end_date,
        source_file,
        source_row
    from checked_rows
    where refusal is null

)

select * from keep_records
