{# One row per episode, which is a finished course of treatment: where the person started, how it ended, why it may. #}
with outcomes as (

    select * from {{ ref('int_trusted_outcomes') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

people as (

    select * from {{ ref('int_episodes_people') }}

),

circumstances as (

    select * from {{ ref('int_referral_circumstances') }}

),

contact_counts as (

    select * from {{ ref('int_trusted_contact_counts') }}

),

financial_years as (

    select * from {{ ref('int_referrals_financial_year') }}

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

dropped_out as (

    select * from {{ ref('int_episodes_dropped_out') }}

),

attendance as (

    select * from {{ ref('int_episodes_attendance') }}

),

waits as (

    select * from {{ ref('int_episodes_waits') }}

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
        financial_years.discharge_financial_year,
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
        languages.preferred_language_code,
        languages.treatment_language_code,
        languages.preferred_language,
        languages.treatment_language,
        languages.interpreter_status,
        circumstances.psychotropic_medication,
        circumstances.employment_status,
        circumstances.has_long_term_condition,
        cast(contact_counts.treatment_contact_count as integer) as treatment_contact_count,
        cast(waits.days_referral_to_assessment as integer) as days_referral_to_assessment,
        cast(waits.days_assessment_to_next_treatment as integer) as days_assessment_to_next_treatment,
        cast(outcomes.phq9_first as tinyint) as phq9_first,
        cast(outcomes.phq9_last as tinyint) as phq9_last,
        cast(outcomes.gad7_first as tinyint) as gad7_first,
        cast(outcomes.gad7_last as tinyint) as gad7_last,
        outcomes.anxiety_measure,
        cast(outcomes.anxiety_first as decimal(6, 2)) as anxiety_first,
        cast(outcomes.anxiety_last as decimal(6, 2)) as anxiety_last,
        outcomes.anxiety_threshold_source_status,
        outcomes.is_paired,
        outcomes.is_at_caseness,
        outcomes.is_recovered,
        outcomes.is_reliably_improved,
        outcomes.is_reliably_recovered,
        outcomes.is_reliably_deteriorated,
        outcomes.has_mixed_reliable_change,
        dropped_out.is_dropped_out,
        attendance.proportion_attended,
        follow_up.is_received_in_window
    from outcomes
    inner join referrals
        on outcomes.referral_key = referrals.referral_key
    inner join people
        on outcomes.referral_key = people.referral_key
    inner join circumstances
        on outcomes.referral_key = circumstances.referral_key
    inner join contact_counts
        on outcomes.referral_key = contact_counts.referral_key
    inner join financial_years
        on outcomes.referral_key = financial_years.referral_key
    inner join dropped_out
        on outcomes.referral_key = dropped_out.referral_key
    inner join attendance
        on outcomes.referral_key = attendance.referral_key
    inner join waits
        on outcomes.referral_key = waits.referral_key
    inner join languages
        on outcomes.referral_key = languages.referral_key
    inner join follow_up
        on outcomes.referral_key = follow_up.referral_key
    left join densities
        on
            outcomes.referral_key = densities.referral_key
            and people.ethnic_category_code = densities.ethnic_category_code
    left join density_fifths
        on
            densities.ethnic_category_code = density_fifths.ethnic_category_code
            and densities.own_group_density = density_fifths.own_group_density
    left join end_codes
        on referrals.end_code = end_codes.end_code

)

select * from join_rules
