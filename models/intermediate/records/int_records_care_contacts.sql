{# One row per care contact, as sent in a used submission and refused by no rule. #}
with checked_rows as (

    select * from {{ ref('int_checked_care_contacts') }}

),

keep_records as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        care_contact_key,
        service_request_key,
        attendance_code,
        appointment_type_code,
        psychotropic_medication_code,
        consultation_mechanism_code,
        is_unplanned,
        contact_date,
        contact_time,
        source_file,
        source_row
    from checked_rows
    where refusal is null

)

select * from keep_records
