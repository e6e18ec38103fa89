{# One row per provider (and all of them) and recording status: people, each once. Source of the rule:
   int_person_ethnicity. #}
with latest_records as (

    select * from {{ ref('int_patient_latest_records') }}

),

person_ethnicity as (

    select * from {{ ref('int_person_ethnicity') }}

),

place_people as (

    select distinct
        unnest([provider_code, '{{ var("national_area_code") }}']) as provider_code,
        person_key
    from latest_records

),

count_people as (

    select
        place_people.provider_code,
        person_ethnicity.ethnicity_recording_status,
        count(*) as person_count
    from place_people
    inner join person_ethnicity
        on place_people.person_key = person_ethnicity.person_key
    group by all

)

select * from count_people
