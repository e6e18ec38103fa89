{{ config(materialized='table') }}
{#
    One row per patient of a provider: the most recent record, and the ethnicity that counts.
    Source of the rule: the most recent valid ethnic category; where there never was one, the status of the most
    recent record. An unstated code never overwrites a stated one.
#}
with people_records as (

    select * from {{ ref('int_people_records') }}

),

find_latest as (

    select
        patient_key,
        max(reporting_month) as reporting_month,
        max_by(ethnic_category_code, reporting_month)
        filter (where ethnic_category_code is not null) as ethnic_category_code
    from people_records
    where patient_key is not null
    group by patient_key

),

resolve_ethnicity as (

    select
        people_records.patient_key,
        people_records.person_id,
        people_records.birth_date,
        people_records.gender_code,
        people_records.lsoa_code,
        people_records.imd_decile_supplied,
        find_latest.ethnic_category_code,
        if(
            find_latest.ethnic_category_code is null, people_records.ethnicity_recording_status, 'valid'
        ) as ethnicity_recording_status
    from people_records
    inner join find_latest
        on
            people_records.patient_key = find_latest.patient_key
            and people_records.reporting_month = find_latest.reporting_month

)

select * from resolve_ethnicity
