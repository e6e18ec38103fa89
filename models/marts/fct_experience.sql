{#
    One row per referral that was asked for a patient experience questionnaire or answered one: who, and whether.
    Source of the rule: report, section 3.8: at the end of the initial assessment, and at the end of the episode of
    treatment. Asked is who came to an assessment, was treated, or has an answer; who counts in what: seed outcome_rules.
#}
with referrals as (

    select * from {{ ref('fct_referrals') }}

),

answered as (

    select * from {{ ref('int_experience_referrals') }}

),

join_answers as (

    select
        referrals.referral_id,
        referrals.provider_code,
        referrals.commissioner_code,
        referrals.referral_received_date,
        referrals.referral_financial_year,
        {{ financial_year('referrals.discharge_date') }} as discharge_financial_year,
        referrals.ethnic_category_code,
        referrals.ethnicity_recording_status,
        referrals.age_at_referral,
        referrals.gender,
        referrals.imd_decile,
        referrals.days_referral_to_assessment,
        referrals.first_assessment_date is not null as is_assessed,
        referrals.is_accessed,
        referrals.is_course_of_treatment,
        referrals.is_finished_course,
        referrals.is_received_in_window,
        referrals.has_enough_follow_up,
        referrals.has_enough_follow_up_for_course,
        coalesce(answered.has_assessment_answers, false) as has_assessment_answers,
        coalesce(answered.has_treatment_answers, false) as has_treatment_answers,
        answered.has_enough_information
    from referrals
    left join answered
        on referrals.referral_id = answered.referral_id
    where referrals.first_assessment_date is not null or referrals.is_accessed or answered.referral_id is not null

)

select * from join_answers
