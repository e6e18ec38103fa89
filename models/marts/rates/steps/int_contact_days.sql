{{ config(materialized='table') }}
{#
    One row per month, provider, commissioner, ethnicity and mode: how many care contacts were attended in the month.
    Source of the rule: M1001 to M1009 and M1018 to M1020: attended or unplanned, by how they were held; a code that is
    none of its version, or no code, is an unknown mode.
#}
with contacts as (

    select * from {{ ref('int_contacts') }}
    where is_attended_or_unplanned

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

people as (

    select * from {{ ref('int_referrals_people') }}

),

mechanisms as (

    select * from {{ ref('consultation_mechanism_codes') }}

),

count_contacts as (

    select
        {{ financial_year('contacts.contact_date') }} as financial_year,
        {{ financial_quarter('contacts.contact_date') }} as event_quarter,
        substr(cast(contacts.contact_date as varchar), 1, 7) as event_month,
        referrals.provider_code,
        referrals.commissioner_code,
        coalesce(people.ethnic_category_code, people.ethnicity_recording_status) as ethnicity_key,
        coalesce(mechanisms.event_name, 'contact_mode_unknown') as event_name,
        count(*) as event_count
    from contacts
    inner join referrals
        on contacts.referral_key = referrals.referral_key
    inner join people
        on contacts.referral_key = people.referral_key
    left join mechanisms
        on
            contacts.mds_version = mechanisms.mds_version
            and contacts.consultation_mechanism_code = mechanisms.consultation_mechanism_code
    group by all

)

select * from count_contacts
