{# One row per patient, as sent in a used submission and refused by no rule. #}
with checked_rows as (

    select * from {{ ref('int_checked_people') }}

),

keep_records as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        patient_key,
        person_id,
        pseudonymised_person_id,
        birth_date,
        is_birth_date_unreadable,
        gender_code,
        preferred_language_code,
        ethnic_category_raw,
        ethnic_category_2021_raw,
        lsoa_code,
        imd_decile_supplied,
        source_file,
        source_row
    from checked_rows
    where refusal is null

)

select * from keep_records
