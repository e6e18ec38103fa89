{#
    One row per warning about a record of a patient; the record is kept.
    Source of the rules: seed validation_rules, severity warn.
#}
with people as (

    select * from {{ ref('int_records_people') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

unstated_codes as (

    select * from {{ ref('ethnicity_unstated_codes') }}

),

genders as (

    select * from {{ ref('genders') }}

),

language_codes as (

    select * from {{ ref('language_codes') }}

),

identifiers_of_many as (

    select * from {{ ref('int_identifiers_of_many') }}

),

warn_of_rows as (

    select
        'people' as entity,
        'ethnic_category_raw_not_in_list' as rule,
        mds_version,
        provider_code,
        reporting_month
    from people
    where
        {{ clean_code('ethnic_category_raw') }} not in (
            select ethnic_categories.ethnic_category_code from ethnic_categories
        )
        and {{ clean_code('ethnic_category_raw') }} not in (select unstated_codes.ethnicity_code from unstated_codes)
    union all
    select
        'people' as entity,
        'ethnic_category_raw_blank' as rule,
        mds_version,
        provider_code,
        reporting_month
    from people
    where {{ clean_code('ethnic_category_raw') }} is null
    union all
    select
        'people' as entity,
        'birth_date_unreadable' as rule,
        mds_version,
        provider_code,
        reporting_month
    from people
    where is_birth_date_unreadable
    union all
    select
        'people' as entity,
        'birth_date_blank' as rule,
        mds_version,
        provider_code,
        reporting_month
    from people
    where mds_version <> 'v1_5' and birth_date is null and not is_birth_date_unreadable
    union all
    select
        'people' as entity,
        'birth_date_in_the_future' as rule,
        mds_version,
        provider_code,
        reporting_month
    from people
    where birth_date > last_day(reporting_month)
    union all
    select
        'people' as entity,
        'gender_code_not_in_list' as rule,
        mds_version,
        provider_code,
        reporting_month
    from people
    where gender_code not in (select genders.gender_code from genders)
    union all
    select
        'people' as entity,
        'preferred_language_code_not_in_list' as rule,
        mds_version,
        provider_code,
        reporting_month
    from people
    where preferred_language_code not in (select language_codes.language_code from language_codes)
    union all
    select
        'people' as entity,
        'person_id_of_many' as rule,
        people.mds_version,
        people.provider_code,
        people.reporting_month
    from people
    inner join identifiers_of_many
        on people.person_id = identifiers_of_many.identifier and identifiers_of_many.identifier_kind = 'person_id'
    union all
    select
        'people' as entity,
        'pseudonymised_person_id_of_many' as rule,
        people.mds_version,
        people.provider_code,
        people.reporting_month
    from people
    inner join identifiers_of_many
        on
            people.pseudonymised_person_id = identifiers_of_many.identifier
            and identifiers_of_many.identifier_kind = 'pseudonymised_person_id'

)

select * from warn_of_rows
