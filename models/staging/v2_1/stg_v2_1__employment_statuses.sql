{# One row per patient, submission and recorded date. Source of the rule: IDS004. #}
with source as (

    select * from {{ source('mds_v2_1', 'IDS004EmpStatus') }}

),

rename_columns as (

    select
        uniquesubmissionid as submission_id,
        if(localpatientid is null, null, {{ text_hash('localpatientid') }}) as patient_key,
        {{ clean_padded_code('employstatus') }} as employment_status_code,
        employstatusrecdate as recorded_date
    from source

)

select * from rename_columns
