{# One row per patient, submission and recorded date. No time of day here. Source of the rule: IDS004. #}
with source as (

    select * from {{ source('mds_v2', 'IDS004EmpStatus') }}

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        {{ local_key('localpatientid') }} as patient_key,
        {{ clean_padded_code('employstatus') }} as employment_status_code,
        employstatusrecdate as recorded_date,
        cast(null as time) as recorded_time,
        auditid as audit_id,
        source_file,
        source_row
    from source

)

select * from rename_columns
