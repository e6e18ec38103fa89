{{ config(materialized='table') }}
{#
    One row per patient of a provider: the most recent record, and the ethnicity that counts.
    Source of the rule: the most recent valid ethnic category; where there never was one, the status of the most
    recent record. An unstated code never overwrites a stated one.
#}
with people_records as (

    select * from {{ ref('int_people_records') }}

),

take_latest as (

    select
        patient_key,
        max_by(
            struct_pack(person_id, birth_date, gender_code, lsoa_code, imd_decile_supplied, ethnicity_recording_status),
            reporting_month
        ) as latest,
        max_by(ethnic_category_code, reporting_month)
            filter (where ethnic_category_code is not null) as ethnic_category_code
    from people_records
    group by patient_key

),

resolve_ethnicity as (

    select
        patient_key,
        latest.person_id,
        latest.birth_date,
        latest.gender_code,
        latest.lsoa_code,
        latest.imd_decile_supplied,
        ethnic_category_code,
        if(ethnic_category_code is null, latest.ethnicity_recording_status, 'valid') as ethnicity_recording_status
    from take_latest

)

select * from resolve_ethnicity
