{{ config(tags=['quality']) }}
{# One row per pause of a referral's waiting time, as sent in a used submission and refused by no rule. #}
with checked_rows as (

    select * from {{ ref('int_checked_waiting_time_pauses') }}

),

keep_records as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        service_request_key,
        pause_key,
        pause_start_date,
        pause_end_date,
        is_pause_end_date_unreadable,
        pause_reason_code,
        source_file,
        source_row
    from checked_rows
    where refusal is null

)

select * from keep_records
