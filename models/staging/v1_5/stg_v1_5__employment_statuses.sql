{# One row per appointment that states an employment status, dated by it. Source of the rule: Appointment, EMPSTATUS. #}
with source as (

    select * from {{ source('mds_v1_5', 'Appointment') }}

),

files as (

    select * from {{ ref('base_v1_5__files') }}

),

rename_columns as (

    select
        'v1_5' as mds_version,
        files.submission_id,
        {{ local_key('source.iapt_person_id', "'v1_5'") }} as patient_key,
        {{ clean_padded_code('source.empstatus') }} as employment_status_code,
        source.appointment as recorded_date,
        source.appointmenttime as recorded_time,
        source.auditid as audit_id,
        source.source_file,
        source.source_row
    from source
    left join files
        on {{ text_hash('source.iapt_record_number') }} = files.record_key
    where {{ clean_code('source.empstatus') }} is not null

)

select * from rename_columns
