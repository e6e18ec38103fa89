{{ config(materialized='table') }}
{#
    One row per care contact within its referral: was it offered and attended, an assessment, a treatment contact.
    Source of the rules: docs/rules.md, 4 (from the receipt of the referral to its discharge; attended = code 5 or 6, an
    unplanned contact counts as attended: M090, M1001) and 5 (assessment = appointment types 01 and 03, in version 1.5 one
    with a score; treatment = 02, 03 and 05 without employment support, attended or unplanned).
#}
with care_contacts as (

    select * from {{ ref('int_records_care_contacts') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

attendance_codes as (

    select * from {{ ref('attendance_codes') }}

),

appointment_types as (

    select * from {{ ref('appointment_types') }}

),

non_treatment_contacts as (

    select * from {{ ref('int_contacts_non_treatment') }}

),

scored_contacts as (

    select * from {{ ref('int_contacts_scored') }}

),

keep_within_referral as (

    select
        care_contacts.*,
        periods.referral_key
    from care_contacts
    inner join periods
        on
            care_contacts.service_request_key = periods.service_request_key
            and care_contacts.contact_date between periods.referral_received_date and periods.period_end_date
            and care_contacts.reporting_month = coalesce(periods.held_month, care_contacts.reporting_month)

),

mark_attended as (

    select
        keep_within_referral.*,
        coalesce(attendance_codes.is_offered, false) as is_offered,
        coalesce(attendance_codes.is_attended, false) as is_attended,
        keep_within_referral.is_unplanned or coalesce(attendance_codes.is_attended, false) as is_attended_or_unplanned
    from keep_within_referral
    left join attendance_codes
        on keep_within_referral.attendance_code = attendance_codes.attendance_code

),

mark_assessment_and_treatment as (

    select
        mark_attended.care_contact_key,
        mark_attended.referral_key,
        mark_attended.contact_date,
        mark_attended.contact_time,
        mark_attended.psychotropic_medication_code,
        mark_attended.mds_version,
        mark_attended.consultation_mechanism_code,
        mark_attended.is_offered,
        mark_attended.is_attended,
        mark_attended.is_attended_or_unplanned,
        mark_attended.is_attended_or_unplanned
        and if(
            mark_attended.mds_version = 'v1_5',
            scored_contacts.care_contact_key is not null,
            coalesce(appointment_types.is_assessment, false)
        ) as is_assessment,
        mark_attended.is_attended_or_unplanned
        and coalesce(appointment_types.is_treatment, false)
        and non_treatment_contacts.care_contact_key is null as is_treatment
    from mark_attended
    left join appointment_types
        on mark_attended.appointment_type_code = appointment_types.appointment_type_code
    left join non_treatment_contacts
        on mark_attended.care_contact_key = non_treatment_contacts.care_contact_key
    left join scored_contacts
        on mark_attended.care_contact_key = scored_contacts.care_contact_key

)

select * from mark_assessment_and_treatment
