{# One row per patient and submission. The provider's identifier of the patient ends here, hashed. #}
{% macro stage_v2_people(source_name, ethnic_category_2021='ethniccategory2021') -%}
with source as (

    select * from {{ source(source_name, 'IDS001MPI') }}

),

rename_columns as (

    select
        uniquesubmissionid as submission_id,
        {{ local_key('localpatientid') }} as patient_key,
        nullif(trim(person_id), '') as person_id,
        nullif(trim(pseudo_nhs_number), '') as pseudonymised_person_id,
        personbirthdate as birth_date,
        {{ clean_short_code('gender') }} as gender_code,
        ethniccategory as ethnic_category_raw,
        {{ ethnic_category_2021 }} as ethnic_category_2021_raw,
        {{ clean_code('lsoa') }} as lsoa_code,
        try_cast(trim(indicesofdeprivationdecile) as integer) as imd_decile_supplied,
        personbirthdate__unreadable as is_birth_date_unreadable,
        source_file,
        source_row
    from source

)

select * from rename_columns
{%- endmacro %}
