{# One row per patient and submission. The provider's identifier of the patient ends here, hashed. #}
with source as (

    select * from {{ source('mds_v2', 'IDS001MPI') }}

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        {{ local_key('localpatientid') }} as patient_key,
        person_id,
        pseudo_nhs_number as pseudonymised_person_id,
        personbirthdate as birth_date,
        {{ clean_short_code('gender') }} as gender_code,
        {{ clean_language_code('languagecodepreferred') }} as preferred_language_code,
        {{ sent_or_validated('ethniccategory', 'validated_ethniccategory') }} as ethnic_category_raw,
        ethniccategory2021 as ethnic_category_2021_raw,
        {{ clean_code('lsoa') }} as lsoa_code,
        try_cast(trim(indicesofdeprivationdecile) as integer) as imd_decile_supplied,
        personbirthdate__unreadable as is_birth_date_unreadable,
        personbirthdate__short_year as has_short_birth_year,
        auditid as audit_id,
        source_file,
        source_row
    from source

)

select * from rename_columns
