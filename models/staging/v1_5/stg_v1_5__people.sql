{#
    One row per person and submission. No birth date or language here; the decile stands on the referral. Source: Person.
#}
with source as (

    select * from {{ source('mds_v1_5', 'Person') }}

),

referrals as (

    select * from {{ source('mds_v1_5', 'Referral') }}

),

find_deciles as (

    select
        iapt_record_number,
        max(ic_indices_of_dep_decile) as ic_indices_of_dep_decile
    from referrals
    where ic_indices_of_dep_decile is not null
    group by iapt_record_number

),

rename_columns as (

    select
        'v1_5' as mds_version,
        {{ v1_5_submission_id("nullif(trim(source.header_id), '')") }} as submission_id,
        case
            when trim(source.iapt_record_number) <> ''
                then {{ local_key('source.iapt_person_id', "'v1_5'") }}
        end as patient_key,
        nullif(trim(source.iapt_person_id), '') as person_id,
        nullif(trim(source.pseudonumber), '') as pseudonymised_person_id,
        cast(null as date) as birth_date,
        {{ clean_short_code('source.gender') }} as gender_code,
        cast(null as varchar) as preferred_language_code,
        {{ sent_or_validated('source.ethnicity', 'source.ic_ethnicity') }} as ethnic_category_raw,
        cast(null as varchar) as ethnic_category_2021_raw,
        {{ clean_code('source.lsoa') }} as lsoa_code,
        try_cast(
            trim(coalesce(source.ic_indices_of_dep_decile, find_deciles.ic_indices_of_dep_decile)) as integer
        ) as imd_decile_supplied,
        false as is_birth_date_unreadable,
        false as has_short_birth_year,
        source.auditid as audit_id,
        source.source_file,
        source.source_row
    from source
    left join find_deciles
        on source.iapt_record_number = find_deciles.iapt_record_number

)

select * from rename_columns
