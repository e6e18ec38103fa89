{# One row per referral pathway: who was referred, what happened, how it ended. #}
with referrals as (

    select * from {{ ref('int_referrals_financial_year') }}

),

people as (

    select * from {{ ref('int_referrals_people') }}

),

end_codes as (

    select * from {{ ref('end_codes') }}

),

select_columns as (

    select
        referrals.referral_id,
        people.person_id,
        referrals.provider_code,
        referrals.commissioner_code,
        referrals.mds_version,
        referrals.referral_received_date,
        referrals.referral_financial_year,
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
        referrals.first_assessment_date,
        referrals.first_treatment_date,
        referrals.second_treatment_date,
        referrals.last_treatment_date,
        cast(referrals.care_contact_count as integer) as care_contact_count,
        cast(referrals.treatment_contact_count as integer) as treatment_contact_count,
        cast(referrals.offered_contact_count as integer) as offered_contact_count,
        cast(referrals.attended_contact_count as integer) as attended_contact_count,
        referrals.is_accessed,
        referrals.is_course_of_treatment,
        referrals.is_discharged,
        referrals.is_finished_course
    from referrals
    inner join people
        on referrals.referral_key = people.referral_key
    left join end_codes
        on referrals.end_code = cast(end_codes.end_code as varchar)

)

select * from select_columns
