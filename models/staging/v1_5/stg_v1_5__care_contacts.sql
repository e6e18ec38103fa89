{# One row per appointment and submission. Source of the rule: Appointment. #}
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
        {{ v1_5_appointment_key('files.submission_id', 'source') }} as care_contact_key,
        source.pserviceid as service_request_id,
        {{ clean_short_code('source.attendance') }} as attendance_code,
        {{ clean_padded_code('source.apptype') }} as appointment_type_code,
        {{ clean_padded_code('source.psychmed') }} as psychotropic_medication_code,
        {{ clean_padded_code('source.consmedium') }} as consultation_mechanism_code,
        false as is_unplanned,
        source.appointment as contact_date,
        source.appointmenttime as contact_time,
        source.appointment__unreadable as is_contact_date_unreadable,
        source.auditid as audit_id,
        source.source_file,
        source.source_row
    from source
    left join files
        on {{ text_hash('source.iapt_record_number') }} = files.record_key

)

select * from rename_columns
