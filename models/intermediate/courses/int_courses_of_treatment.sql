{{ config(materialized='table') }}
{#
    One row per referral: did the person access the service, was it a course of treatment, did it end as a finished one.
    Source of the rule: docs/rules.md, 7. Access is one treatment session, a course two (report 3.4.1); finished is a
    course and a discharge, for whatever reason (M076, NCDR metric 463). Where supplied fields are trusted (27), finished
    is what CompletedTreatment_Flag says, where it is sent, and who finished a course had one.
#}
with referrals as (

    select * from {{ ref('int_referrals') }}

),

contact_counts as (

    select * from {{ ref('int_trusted_contact_counts') }}

),

mark_accessed as (

    select
        referrals.referral_key,
        referrals.discharge_date is not null as is_discharged,
        contact_counts.treatment_contact_count,
        contact_counts.is_finished_as_supplied,
        contact_counts.treatment_contact_count >= {{ rule_value('access_minimum_treatment_contacts') }} as is_accessed
    from referrals
    inner join contact_counts
        on referrals.referral_key = contact_counts.referral_key

),

mark_course_of_treatment as (

    select
        *,
        treatment_contact_count >= {{ rule_value('course_of_treatment_minimum_contacts') }} as is_course_of_treatment
    from mark_accessed

),

mark_finished_course as (

    select
        referral_key,
        is_accessed or coalesce(is_finished_as_supplied, false) as is_accessed,
        is_course_of_treatment or coalesce(is_finished_as_supplied, false) as is_course_of_treatment,
        is_discharged,
        coalesce(is_finished_as_supplied, is_discharged and is_course_of_treatment) as is_finished_course
    from mark_course_of_treatment

)

select * from mark_finished_course
