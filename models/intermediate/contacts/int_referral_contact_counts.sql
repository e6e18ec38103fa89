{{ config(materialized='table') }}
{# One row per referral: how many contacts of each kind, and the first dates. Source: docs/rules.md, 4 to 6 #}
with referrals as (

    select * from {{ ref('int_referrals') }}

),

sessions as (

    select * from {{ ref('int_sessions') }}

),

count_contacts as (

    select
        referral_key,
        count(*) filter (where is_attended_or_unplanned) as care_contact_count,
        count(*) filter (where is_treatment) as treatment_contact_count,
        count(*) filter (where is_offered) as offered_contact_count,
        count(*) filter (where is_attended) as attended_contact_count,
        min(contact_date) filter (where is_assessment) as first_assessment_date,
        min(contact_date, 2) filter (where is_treatment) as first_treatment_dates,
        max(contact_date) filter (where is_treatment) as last_treatment_date
    from sessions
    group by referral_key

),

add_referrals_without_contact as (

    select
        referrals.referral_key,
        coalesce(count_contacts.care_contact_count, 0) as care_contact_count,
        coalesce(count_contacts.treatment_contact_count, 0) as treatment_contact_count,
        coalesce(count_contacts.offered_contact_count, 0) as offered_contact_count,
        coalesce(count_contacts.attended_contact_count, 0) as attended_contact_count,
        count_contacts.first_assessment_date,
        count_contacts.first_treatment_dates[1] as first_treatment_date,
        count_contacts.first_treatment_dates[2] as second_treatment_date,
        count_contacts.last_treatment_date
    from referrals
    left join count_contacts
        on referrals.referral_key = count_contacts.referral_key

)

select * from add_referrals_without_contact
