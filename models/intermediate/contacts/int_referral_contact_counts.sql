{{ config(materialized='table') }}
{#
    One row per referral: how many contacts of each kind, and the first dates; a completed log of internet therapy is a
    contact too, and may be the first treatment, but sets no second or last date (I101D25 to I101D27, as an integrated
    care board's public dbt project quotes them). Source of the rules: docs/rules.md, 4 to 6; 19 for the day that waits
    go by, which is the first treatment where no assessment comes before it, and the next treatment on a later day
    (report Table 6, Model 5).
#}
with referrals as (

    select * from {{ ref('int_referrals') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

internet_therapy_sessions as (

    select * from {{ ref('int_internet_therapy_sessions') }}

),

unite_sessions as (

    select
        referral_key,
        contact_date,
        is_offered,
        is_attended,
        is_attended_or_unplanned,
        is_assessment,
        is_treatment,
        is_treatment as is_treatment_in_contact
    from contacts
    union all
    select
        referral_key,
        contact_date,
        false as is_offered,
        false as is_attended,
        true as is_attended_or_unplanned,
        false as is_assessment,
        true as is_treatment,
        false as is_treatment_in_contact
    from internet_therapy_sessions

),

count_contacts as (

    select
        referral_key,
        count(*) filter (where is_attended_or_unplanned) as care_contact_count,
        count(*) filter (where is_treatment) as treatment_contact_count,
        count(*) filter (where is_offered) as offered_contact_count,
        count(*) filter (where is_attended) as attended_contact_count,
        min(contact_date) filter (where is_assessment) as first_assessment_date,
        min(contact_date) filter (where is_treatment) as first_treatment_date,
        min(contact_date, 2) filter (where is_treatment_in_contact) as first_treatment_dates,
        max(contact_date) filter (where is_treatment_in_contact) as last_treatment_date
    from unite_sessions
    group by referral_key

),

-- least() of DuckDB passes over null: where one of the dates is not known, it is the other.
find_assessed_days as (

    select
        referral_key,
        least(first_assessment_date, first_treatment_date) as assessed_date
    from count_contacts

),

find_next_treatment as (

    select
        unite_sessions.referral_key,
        min(unite_sessions.contact_date) as next_treatment_date
    from unite_sessions
    inner join find_assessed_days
        on
            unite_sessions.referral_key = find_assessed_days.referral_key
            and unite_sessions.contact_date > find_assessed_days.assessed_date
    where unite_sessions.is_treatment
    group by unite_sessions.referral_key

),

add_referrals_without_contact as (

    select
        referrals.referral_key,
        coalesce(count_contacts.care_contact_count, 0) as care_contact_count,
        coalesce(count_contacts.treatment_contact_count, 0) as treatment_contact_count,
        coalesce(count_contacts.offered_contact_count, 0) as offered_contact_count,
        coalesce(count_contacts.attended_contact_count, 0) as attended_contact_count,
        count_contacts.first_assessment_date,
        count_contacts.first_treatment_date,
        count_contacts.first_treatment_dates[2] as second_treatment_date,
        count_contacts.last_treatment_date,
        find_assessed_days.assessed_date,
        find_next_treatment.next_treatment_date
    from referrals
    left join count_contacts
        on referrals.referral_key = count_contacts.referral_key
    left join find_assessed_days
        on referrals.referral_key = find_assessed_days.referral_key
    left join find_next_treatment
        on referrals.referral_key = find_next_treatment.referral_key

)

select * from add_referrals_without_contact
