{# One row per score recorded in a care activity, as sent in a used submission and refused by no rule. #}
with checked_rows as (

    select * from {{ ref('int_checked_activity_scores') }}

),

keep_records as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        care_activity_key,
        tool_code,
        score,
        answer_code,
        care_contact_key,
        source_file,
        source_row
    from checked_rows
    where refusal is null

)

select * from keep_records
