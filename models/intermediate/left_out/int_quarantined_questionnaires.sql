{# One row per row of the questionnaires of version 1.5 that belongs to no submission with a readable header. #}
with questionnaire_rows as (

    select * from {{ ref('int_questionnaire_rows') }}

),

keep_refused as (

    select
        entity,
        mds_version,
        source_file,
        source_row,
        provider_code,
        reporting_month,
        'submission_id' as column_name,
        'submission_without_header' as reason_code
    from questionnaire_rows
    where is_accepted is null

)

select * from keep_refused
