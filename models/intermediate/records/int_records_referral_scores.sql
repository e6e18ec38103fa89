{# One row per score recorded outside a contact, as sent in a used submission and refused by no rule. #}
with checked_rows as (

    select * from {{ ref('int_checked_referral_scores') }}

),

keep_records as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        service_request_key,
        tool_code,
        score,
        answer_code,
        score_date,
        score_time,
        source_file,
        source_row
    from checked_rows
    where refusal is null

)

select * from keep_records
