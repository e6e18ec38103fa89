{# One row per referral: was it a course of treatment. Source of the rule: report 3.4.1, two treatment sessions. #}
with referrals as (

    select * from {{ ref('int_referrals_accessed') }}

),

mark_course_of_treatment as (

    select
        *,
        treatment_contact_count >= {{ rule_value('course_of_treatment_minimum_contacts') }} as is_course_of_treatment
    from referrals

)

select * from mark_course_of_treatment
