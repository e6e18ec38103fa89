{# One row per row of a header table that a reject rule refuses. Source of the rules: seed validation_rules. #}
with headers as (

    select * from {{ ref('int_submission_headers') }}

),

keep_refused as (

    select
        'submissions' as entity,
        mds_version,
        source_file,
        source_row,
        provider_code,
        reporting_month,
        rejected_column as column_name,
        reason_code
    from headers
    where reason_code is not null

)

select * from keep_refused
