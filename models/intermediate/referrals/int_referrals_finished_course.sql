{#
    One row per referral: did it end as a finished course of treatment.
    Source of the rule: discharged with two treatment contacts or more, for whatever reason (M076, NCDR metric 463).
#}
with referrals as (

    select * from {{ ref('int_referrals') }}

),

courses_of_treatment as (

    select * from {{ ref('int_referrals_course_of_treatment') }}

),

mark_finished_course as (

    select
        referrals.referral_key,
        referrals.discharge_date is not null as is_discharged,
        referrals.discharge_date is not null and courses_of_treatment.is_course_of_treatment as is_finished_course
    from referrals
    inner join courses_of_treatment
        on referrals.referral_key = courses_of_treatment.referral_key

)

select * from mark_finished_course
