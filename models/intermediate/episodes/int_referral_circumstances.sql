{{ config(materialized='table') }}
{# One row per referral: medication, employment and long-term condition, with 'not known' where nothing was recorded. #}
with referrals as (

    select * from {{ ref('int_referrals') }}

),

medication as (

    select * from {{ ref('int_psychotropic_medication') }}

),

employment as (

    select * from {{ ref('int_employment_status') }}

),

long_term_condition as (

    select * from {{ ref('int_long_term_condition') }}

),

join_circumstances as (

    select
        referrals.referral_key,
        long_term_condition.has_long_term_condition,
        coalesce(medication.psychotropic_medication, '{{ var("not_known_label") }}') as psychotropic_medication,
        coalesce(employment.employment_status, '{{ var("not_known_label") }}') as employment_status
    from referrals
    left join medication
        on referrals.referral_key = medication.referral_key
    left join employment
        on referrals.referral_key = employment.referral_key
    left join long_term_condition
        on referrals.referral_key = long_term_condition.referral_key

)

select * from join_circumstances
