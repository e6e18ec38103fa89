{# One row per commissioner and way of not stating an ethnic category: people referred. The census has none of these. #}
with referrals as (

    select * from {{ ref('fct_referrals') }}

),

count_people as (

    select
        commissioner_code,
        count(distinct person_id) as all_person_count,
        count(distinct person_id) filter (where ethnicity_recording_status = 'not_stated') as not_stated,
        count(distinct person_id) filter (where ethnicity_recording_status = 'not_known') as not_known,
        count(distinct person_id) filter (where ethnicity_recording_status = 'invalid') as invalid,
        count(distinct person_id) filter (where ethnicity_recording_status = 'missing') as missing
    from referrals
    where commissioner_code is not null
    group by commissioner_code

),

list_statuses as (

    unpivot count_people
    on not_stated, not_known, invalid, missing
    into name ethnicity_recording_status value person_count

)

select * from list_statuses
