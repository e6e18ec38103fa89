{{ config(materialized='table') }}
{#
    One row per referral: who was referred. Age in completed years; the deprivation of the area at the time.
    Source of the rule: docs/rules.md, 10, 20, 31; with the variable ethnicity_resolution as_reported, the ethnic category
    is that of the record of the month of receipt. Who is one person says the person_key; the person_id is what was sent.
#}
{% set is_reported = 'true' if ethnicity_resolution() == 'as_reported' else 'false' %}
{% set is_record_that_counts = "referral_event = 'received'" if is_reported == 'true' else 'false' %}
with referrals as (

    select * from {{ ref('int_referrals') }}

),

patients as (

    select * from {{ ref('int_patients') }}

),

areas as (

    select * from {{ ref('int_referral_areas') }}

),

reported_ethnicity as (

    select * from {{ ref('int_referral_reported_ethnicity') }}
    where {{ is_record_that_counts }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

genders as (

    select * from {{ ref('genders') }}

),

deprivation as (

    select * from {{ ref('stg_reference__deprivation') }}

),

-- Numbers of version 1.5 that version 2 has too name other people: the schemes are two.
find_persons_of_version_2 as (

    select distinct person_id
    from referrals
    where mds_version <> 'v1_5'

),

describe_people as (

    select
        referrals.referral_key,
        coalesce(patients.person_key, referrals.patient_key, referrals.referral_key) as person_key,
        coalesce(
            if(
                persons_of_version_2.person_id is not null and referrals.mds_version = 'v1_5',
                referrals.mds_version || '|',
                ''
            ) || referrals.person_id,
            patients.person_id,
            md5(coalesce(cast(referrals.patient_key as varchar), referrals.referral_id))
        ) as person_id,
        ethnic_categories.ethnic_category_code,
        ethnic_categories.ethnic_group,
        ethnic_categories.high_level_ethnic_group,
        coalesce(
            if({{ is_reported }}, reported_ethnicity.ethnicity_recording_status, patients.ethnicity_recording_status),
            'missing'
        ) as ethnicity_recording_status,
        coalesce(
            {{ completed_years('patients.birth_date', 'referrals.referral_received_date') }}, referrals.age_supplied
        ) as age,
        coalesce(genders.gender, '{{ var("not_known_label") }}') as gender,
        coalesce(deprivation.imd_decile, areas.imd_decile_supplied) as decile
    from referrals
    left join patients
        on referrals.patient_key = patients.patient_key
    left join reported_ethnicity
        on referrals.referral_key = reported_ethnicity.referral_key
    left join find_persons_of_version_2 as persons_of_version_2
        on referrals.person_id = persons_of_version_2.person_id
    left join ethnic_categories
        on
            if({{ is_reported }}, reported_ethnicity.ethnic_category_code, patients.ethnic_category_code)
            = ethnic_categories.ethnic_category_code
    left join genders
        on patients.gender_code = genders.gender_code
    left join areas
        on referrals.referral_key = areas.referral_key
    left join deprivation
        on areas.lsoa_code = deprivation.lsoa_code

),

drop_unreadable as (

    select
        * exclude (age, decile),
        case when age between 0 and {{ rule_value('highest_plausible_age') }} then age end as age_at_referral,
        case
            when
                decile between {{ rule_value('lowest_deprivation_decile') }}
                and {{ rule_value('highest_deprivation_decile') }}
                then decile
        end as imd_decile
    from describe_people

)

select * from drop_unreadable
