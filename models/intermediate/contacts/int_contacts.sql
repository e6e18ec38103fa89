{{ config(materialized='table') }}
{#
    One row per care contact within its referral: was it an assessment, was it a treatment contact.
    Source of the rule: assessment = appointment types 01 and 03; treatment = 02, 03 and 05 without employment
    support, attended or unplanned (docs/rules.md, 5).
#}
with contacts as (

    select * from {{ ref('int_contacts_attended') }}

),

appointment_types as (

    select * from {{ ref('appointment_types') }}

),

non_treatment_contacts as (

    select * from {{ ref('int_contacts_non_treatment') }}

),

classify_contacts as (

    select
        contacts.care_contact_key,
        contacts.referral_key,
        contacts.contact_date,
        contacts.contact_time,
        contacts.psychotropic_medication_code,
        contacts.is_offered,
        contacts.is_attended,
        contacts.is_attended_or_unplanned,
        contacts.is_attended_or_unplanned
        and coalesce(appointment_types.is_assessment, false) as is_assessment,
        contacts.is_attended_or_unplanned
        and coalesce(appointment_types.is_treatment, false)
        and non_treatment_contacts.care_contact_key is null as is_treatment
    from contacts
    left join appointment_types
        on contacts.appointment_type_code = appointment_types.appointment_type_code
    left join non_treatment_contacts
        on contacts.care_contact_key = non_treatment_contacts.care_contact_key

)

select * from classify_contacts
