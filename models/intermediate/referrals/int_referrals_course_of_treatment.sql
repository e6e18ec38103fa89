{# One row per referral: was it a course of treatment. Source of the rule: report 3.4.1, two treatment sessions. #}
with contact_counts as (

    select * from {{ ref('int_trusted_contact_counts') }}

),

mark_course_of_treatment as (

    select
        referral_key,
        treatment_contact_count >= {{ rule_value('course_of_treatment_minimum_contacts') }} as is_course_of_treatment
    from contact_counts

)

select * from mark_course_of_treatment
