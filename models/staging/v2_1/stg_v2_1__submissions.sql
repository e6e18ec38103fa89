{# One row per submission: the file of one provider, reporting month and window. Source of the rule: IDS000. #}
with source as (

    select * from {{ source('mds_v2_1', 'IDS000Header') }}

),

rename_columns as (

    select
        uniquesubmissionid as submission_id,
        {{ clean_code('orgidprov') }} as provider_code,
        cast(date_trunc('month', reportingperiodstartdate) as date) as reporting_month,
        coalesce(lower(trim(file_type)), 'primary') as submission_window,
        datetimedatsetcreate as created_at
    from source

)

select * from rename_columns
