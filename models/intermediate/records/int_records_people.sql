{#
    One row per patient, as sent in a used submission and refused by no rule.
    Source of the rule: docs/rules.md, 34: an identifier of many is nobody's, and int_warned_people says so.
#}
with checked_rows as (

    select * from {{ ref('int_checked_people') }}

),

identifiers_of_many as (

    select * from {{ ref('int_identifiers_of_many') }}

),

keep_records as (

    select
        checked_rows.mds_version,
        checked_rows.submission_id,
        checked_rows.provider_code,
        checked_rows.reporting_month,
        checked_rows.patient_key,
        persons_of_many.identifier is not null as is_person_id_of_many,
        case when persons_of_many.identifier is null then checked_rows.person_id end as person_id,
        pseudonyms_of_many.identifier is not null as is_pseudonym_of_many,
        case when pseudonyms_of_many.identifier is null then checked_rows.pseudonymised_person_id end
            as pseudonymised_person_id,
        checked_rows.birth_date,
        checked_rows.is_birth_date_unreadable,
        checked_rows.gender_code,
        checked_rows.preferred_language_code,
        checked_rows.ethnic_category_raw,
        checked_rows.ethnic_category_2021_raw,
        checked_rows.lsoa_code,
        checked_rows.imd_decile_supplied,
        checked_rows.source_file,
        checked_rows.source_row
    from checked_rows
    left join identifiers_of_many as persons_of_many
        on checked_rows.person_id = persons_of_many.identifier and persons_of_many.identifier_kind = 'person_id'
    left join identifiers_of_many as pseudonyms_of_many
        on
            checked_rows.pseudonymised_person_id = pseudonyms_of_many.identifier
            and pseudonyms_of_many.identifier_kind = 'pseudonymised_person_id'
    where checked_rows.refusal is null

)

select * from keep_records
