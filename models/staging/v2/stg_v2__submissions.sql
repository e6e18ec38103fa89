{# One row per submission: the file of one provider, reporting month and window. Source of the rule: IDS000. #}
with source as (

    select * from {{ source('mds_v2', 'IDS000Header') }}

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        {{ clean_code('orgidprov') }} as provider_code,
        cast(date_trunc('month', reportingperiodstartdate) as date) as reporting_month,
        coalesce(lower(trim(file_type)), 'primary') as submission_window,
        datetimedatsetcreate as created_at,
        effective_from as received_at,
        total_ids001 + total_ids101 + total_ids201 as stated_row_count,
        reportingperiodstartdate__unreadable as is_reporting_month_unreadable,
        auditid as audit_id,
        source_file,
        source_row
    from source

)

select * from rename_columns
