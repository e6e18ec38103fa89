{# One row per commissioner and way of not stating an ethnic category: people referred. The census has none of these. #}
with referrals as (

    select * from {{ ref('int_referrals') }}

),

people as (

    select * from {{ ref('int_referrals_people') }}

),

count_people as (

    select
        referrals.commissioner_code,
        count(distinct people.person_key) as all_person_count,
        count(distinct people.person_key) filter (where people.ethnicity_recording_status = 'not_stated') as not_stated,
        count(distinct people.person_key) filter (where people.ethnicity_recording_status = 'not_known') as not_known,
        count(distinct people.person_key) filter (where people.ethnicity_recording_status = 'invalid') as invalid,
        count(distinct people.person_key) filter (where people.ethnicity_recording_status = 'missing') as missing
    from referrals
    inner join people
        on referrals.referral_key = people.referral_key
    where referrals.commissioner_code is not null
    group by referrals.commissioner_code

),

list_statuses as (

    unpivot count_people
    on not_stated, not_known, invalid, missing
    into name ethnicity_recording_status value person_count

)

select * from list_statuses
