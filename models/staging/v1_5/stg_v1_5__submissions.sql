{# One row per submission: the file of one provider, reporting month and window. Source of the rule: Header. #}
with source as (

    select * from {{ source('mds_v1_5', 'Header') }}

),

rename_columns as (

    select
        'v1_5' as mds_version,
        {{ v1_5_submission_id("nullif(trim(header_id), '')") }} as submission_id,
        {{ clean_code('orgcodeprovider') }} as provider_code,
        cast(date_trunc('month', start_date) as date) as reporting_month,
        coalesce(lower(trim(file_type)), 'primary') as submission_window,
        cast(null as timestamp) as created_at,
        effective_from as received_at,
        cast(null as bigint) as stated_row_count,
        start_date__unreadable as is_reporting_month_unreadable,
        auditid as audit_id,
        source_file,
        source_row
    from source

)

select * from rename_columns
