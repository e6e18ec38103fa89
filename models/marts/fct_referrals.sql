{# One row per referral pathway: who was referred, what happened, how it ended. #}
with referrals as (

    select * from {{ ref('int_referrals') }}

),

people as (

    select * from {{ ref('int_referrals_people') }}

),

contact_counts as (

    select * from {{ ref('int_trusted_contact_counts') }}

),

financial_years as (

    select * from {{ ref('int_referrals_financial_year') }}

),

courses as (

    select * from {{ ref('int_courses_of_treatment') }}

),

first_scores as (

    select * from {{ ref('int_trusted_first_scores') }}

),

circumstances as (

    select * from {{ ref('int_referral_circumstances') }}

),

languages as (

    select * from {{ ref('int_referral_languages') }}

),

densities as (

    select * from {{ ref('int_referral_own_group_density') }}

),

density_fifths as (

    select * from {{ ref('int_own_group_density_fifths') }}

),

follow_up as (

    select * from {{ ref('int_referral_follow_up') }}

),

end_codes as (

    select * from {{ ref('end_codes') }}

),

join_rules as (

    select
        referrals.referral_id,
        people.person_id,
        referrals.provider_code,
        referrals.commissioner_code,
        referrals.mds_version,
        referrals.referral_received_date,
        financial_years.referral_financial_year,
        referrals.discharge_date,
        referrals.end_code,
        end_codes.end_reason_group,
        people.ethnic_category_code,
        people.ethnic_group,
        people.high_level_ethnic_group,
        people.ethnicity_recording_status,
        cast(people.age_at_referral as smallint) as age_at_referral,
        people.gender,
        cast(people.imd_decile as tinyint) as imd_decile,
        densities.own_group_density,
        cast(density_fifths.own_group_density_fifth as tinyint) as own_group_density_fifth,
        densities.own_group_density_source,
        circumstances.psychotropic_medication,
        circumstances.employment_status,
        circumstances.has_long_term_condition,
        cast(first_scores.phq9_first as tinyint) as phq9_first,
        cast(first_scores.gad7_first as tinyint) as gad7_first,
        cast(first_scores.wsas_first as decimal(4, 2)) as wsas_first,
        languages.preferred_language_code,
        languages.treatment_language_code,
        languages.preferred_language,
        languages.treatment_language,
        languages.interpreter_status,
        contact_counts.first_assessment_date,
        contact_counts.first_treatment_date,
        contact_counts.second_treatment_date,
        contact_counts.last_treatment_date,
        cast(contact_counts.assessed_date - referrals.referral_received_date as integer)
            as days_referral_to_assessment,
        cast(contact_counts.first_treatment_date - referrals.referral_received_date as integer)
            as days_referral_to_first_treatment,
        cast(contact_counts.second_treatment_date - contact_counts.first_treatment_date as integer)
            as days_first_to_second_treatment,
        cast(contact_counts.care_contact_count as integer) as care_contact_count,
        cast(contact_counts.treatment_contact_count as integer) as treatment_contact_count,
        cast(contact_counts.offered_contact_count as integer) as offered_contact_count,
        cast(contact_counts.attended_contact_count as integer) as attended_contact_count,
        courses.is_accessed,
        courses.is_course_of_treatment,
        courses.is_discharged,
        courses.is_finished_course,
        follow_up.is_received_in_window,
        cast(follow_up.days_observed as integer) as days_observed,
        follow_up.has_enough_follow_up,
        follow_up.has_enough_follow_up_for_course
    from referrals
    inner join people
        on referrals.referral_key = people.referral_key
    inner join contact_counts
        on referrals.referral_key = contact_counts.referral_key
    inner join financial_years
        on referrals.referral_key = financial_years.referral_key
    inner join courses
        on referrals.referral_key = courses.referral_key
    inner join circumstances
        on referrals.referral_key = circumstances.referral_key
    inner join languages
        on referrals.referral_key = languages.referral_key
    inner join follow_up
        on referrals.referral_key = follow_up.referral_key
    left join first_scores
        on referrals.referral_key = first_scores.referral_key
    left join densities
        on
            referrals.referral_key = densities.referral_key
            and people.ethnic_category_code = densities.ethnic_category_code
    left join density_fifths
        on
            densities.ethnic_category_code = density_fifths.ethnic_category_code
            and densities.own_group_density = density_fifths.own_group_density
    left join end_codes
        on referrals.end_code = end_codes.end_code

)

select * from join_rules
