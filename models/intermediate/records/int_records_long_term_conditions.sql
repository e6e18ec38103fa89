{#
    One row per long-term condition (or its absence) of a referral, as sent in a used submission and refused by no rule.
#}
with checked_rows as (

    select * from {{ ref('int_checked_long_term_conditions') }}

),

keep_records as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        service_request_key,
        long_term_condition_code,
        source_file,
        source_row
    from checked_rows
    where refusal is null

)

select * from keep_records
