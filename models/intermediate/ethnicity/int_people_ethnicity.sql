{#
    One row per patient and accepted submission: the ethnicity codes that were sent that month, and what they say
    (int_ethnicity_codes).
#}
with people as (

    select * from {{ ref('int_records_people') }}

),

ethnicity_codes as (

    select * from {{ ref('int_ethnicity_codes') }}

),

read_codes as (

    select
        people.mds_version,
        people.submission_id,
        people.person_id,
        people.birth_date,
        people.gender_code,
        people.ethnic_category_raw,
        people.ethnic_category_2021_raw,
        people.lsoa_code,
        people.imd_decile_supplied,
        people.provider_code,
        people.reporting_month,
        people.patient_key,
        ethnicity_codes.ethnic_category_code,
        ethnicity_codes.ethnicity_recording_status,
        ethnicity_codes.is_from_2021_code
    from people
    inner join ethnicity_codes
        on
            people.ethnic_category_raw is not distinct from ethnicity_codes.ethnic_category_raw
            and people.ethnic_category_2021_raw is not distinct from ethnicity_codes.ethnic_category_2021_raw

)

select * from read_codes
