{{ config(materialized='table') }}
{# One row per provider and person on its books: the person's category by each rule, beside the provider's own.
   Source of the rule: int_person_ethnicity_rules, int_patient_own_ethnicity, int_referral_reported_ethnicity. #}
with latest_records as (

    select * from {{ ref('int_patient_latest_records') }}

),

own_ethnicity as (

    select * from {{ ref('int_patient_own_ethnicity') }}

),

person_rules as (

    select * from {{ ref('int_person_ethnicity_rules') }}

),

reported_ethnicity as (

    select * from {{ ref('int_referral_reported_ethnicity') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

list_reported as (

    select
        referrals.patient_key,
        min(coalesce(reported_ethnicity.ethnic_category_code, '')) as first_reported,
        max(coalesce(reported_ethnicity.ethnic_category_code, '')) as last_reported
    from reported_ethnicity
    inner join referrals
        on reported_ethnicity.referral_key = referrals.referral_key
    where referrals.patient_key is not null
    group by referrals.patient_key

),

join_rules as (

    select
        latest_records.provider_code,
        latest_records.person_key,
        any_value(person_rules.most_frequent_valid) as most_frequent_valid,
        any_value(person_rules.latest_valid) as latest_valid,
        any_value(person_rules.first_valid) as first_valid,
        any_value(person_rules.latest_or_none) as latest_or_none,
        any_value(person_rules.most_frequent_or_none) as most_frequent_or_none,
        any_value(person_rules.avoids_other) as avoids_other,
        any_value(person_rules.valid_code_count) as valid_code_count,
        coalesce(
            bool_or(
                list_reported.first_reported <> coalesce(person_rules.most_frequent_valid, '')
                or list_reported.last_reported <> coalesce(person_rules.most_frequent_valid, '')
            ),
            false
        ) as is_reported_otherwise,
        max(own_ethnicity.ethnic_category_code) as own_valid,
        bool_and(own_ethnicity.latest_status <> 'valid') as is_unstated_in_latest_record
    from latest_records
    inner join own_ethnicity
        on latest_records.patient_key = own_ethnicity.patient_key
    inner join person_rules
        on latest_records.person_key = person_rules.person_key
    left join list_reported
        on latest_records.patient_key = list_reported.patient_key
    group by latest_records.provider_code, latest_records.person_key

)

select * from join_rules
