{{ config(materialized='table') }}
{#
    One row per patient of a provider: the most recent record, and the person it is about.
    Source of the rule: a pseudonymised person number joins patients of several providers and versions; so does a
    national identifier where its kind is stable (seed stable_person_identifiers); otherwise the provider's patient is
    the person.
#}
with people as (

    select * from {{ ref('int_records_people') }}

),

patient_ethnicity as (

    select * from {{ ref('int_patient_ethnicity') }}

),

stable_identifiers as (

    select * from {{ ref('stable_person_identifiers') }}

),

find_latest_month as (

    select
        patient_key,
        max(latest_month) as latest_month
    from patient_ethnicity
    group by patient_key

),

take_latest as (

    select
        people.mds_version,
        people.patient_key,
        people.provider_code,
        people.person_id,
        people.pseudonymised_person_id,
        people.birth_date,
        people.gender_code,
        people.lsoa_code,
        people.imd_decile_supplied
    from people
    inner join find_latest_month
        on
            people.patient_key = find_latest_month.patient_key
            and people.reporting_month = find_latest_month.latest_month

),

name_person as (

    select
        take_latest.patient_key,
        take_latest.provider_code,
        take_latest.person_id,
        take_latest.birth_date,
        take_latest.gender_code,
        take_latest.lsoa_code,
        take_latest.imd_decile_supplied,
        case
            when take_latest.pseudonymised_person_id is not null
                then {{ text_hash('take_latest.pseudonymised_person_id', "'pseudonym'") }}
            when stable_identifiers.identifier_scheme is not null
                then {{ text_hash('take_latest.person_id', 'stable_identifiers.identifier_scheme') }}
            else take_latest.patient_key
        end as person_key
    from take_latest
    left join stable_identifiers
        on
            take_latest.mds_version = stable_identifiers.mds_version
            and upper(left(take_latest.person_id, 1)) = stable_identifiers.first_character

)

select * from name_person
