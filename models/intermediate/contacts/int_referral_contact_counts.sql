{{ config(materialized='table') }}
{# One row per referral with any contact: how many, and the dates of the first ones. Source: mds_reference 4.1. #}
with sessions as (

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

name_dates as (

    select
        * exclude (first_treatment_dates),
        first_treatment_dates[1] as first_treatment_date,
        first_treatment_dates[2] as second_treatment_date
    from count_contacts

)

select * from name_dates
