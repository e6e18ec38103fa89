{{ config(materialized='table') }}
{#
    One row per patient of a provider: the most recent record, and the person it is about.
    What it leaves blank is the latest stated: birth date, gender of the list, identifiers (docs/rules.md, 35).
    Source of the rule: a pseudonymised person number joins patients of several providers and versions; so does a
    national identifier where its kind is stable (seed stable_person_identifiers); otherwise the provider's patient is
    the person. A pseudonym that is known of a patient in any month, or of any patient with the same stable identifier,
    is the pseudonym of all of them: a person has one code at all. The latest of several counts. An identifier of many is
    nobody's (docs/rules.md, 34).
#}
with records as (

    select * from {{ ref('int_records_people') }}

),

identifiers_of_many as (

    select * from {{ ref('int_identifiers_of_many') }}

),

people as (

    select
        records.* exclude (person_id, pseudonymised_person_id),
        if(persons_of_many.identifier is null, records.person_id, null) as person_id,
        if(pseudonyms_of_many.identifier is null, records.pseudonymised_person_id, null) as pseudonymised_person_id
    from records
    left join identifiers_of_many as persons_of_many
        on records.person_id = persons_of_many.identifier and persons_of_many.identifier_kind = 'person_id'
    left join identifiers_of_many as pseudonyms_of_many
        on
            records.pseudonymised_person_id = pseudonyms_of_many.identifier
            and pseudonyms_of_many.identifier_kind = 'pseudonymised_person_id'

),

stable_identifiers as (

    select * from {{ ref('stable_person_identifiers') }}

),

genders as (

    select * from {{ ref('genders') }}

),

find_latest_month as (

    select
        patient_key,
        max(reporting_month) as latest_month
    from people
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
        genders.gender_code,
        people.reporting_month
    from people
    inner join find_latest_month
        on
            people.patient_key = find_latest_month.patient_key
            and people.reporting_month = find_latest_month.latest_month
    left join genders
        on people.gender_code = genders.gender_code

),

find_earlier_answers as (

    select
        people.patient_key,
        max_by(people.person_id, people.reporting_month) filter (where people.person_id is not null) as person_id,
        max_by(people.pseudonymised_person_id, (people.reporting_month, people.pseudonymised_person_id))
        filter (where people.pseudonymised_person_id is not null) as pseudonymised_person_id,
        max_by(people.birth_date, people.reporting_month) filter (where people.birth_date is not null) as birth_date,
        max_by(listed.gender_code, people.reporting_month) filter (where listed.gender_code is not null) as gender_code
    from people
    inner join take_latest
        on people.patient_key = take_latest.patient_key
    left join genders as listed
        on people.gender_code = listed.gender_code
    where
        (take_latest.person_id is null and people.person_id is not null)
        or (take_latest.pseudonymised_person_id is null and people.pseudonymised_person_id is not null)
        or (take_latest.birth_date is null and people.birth_date is not null)
        or (take_latest.gender_code is null and listed.gender_code is not null)
    group by people.patient_key

),

add_schemes as (

    select
        take_latest.* replace (
            coalesce(take_latest.person_id, earlier.person_id) as person_id,
            coalesce(take_latest.pseudonymised_person_id, earlier.pseudonymised_person_id) as pseudonymised_person_id,
            coalesce(take_latest.birth_date, earlier.birth_date) as birth_date,
            coalesce(take_latest.gender_code, earlier.gender_code) as gender_code
        ),
        stable_identifiers.identifier_scheme
    from take_latest
    left join find_earlier_answers as earlier
        on take_latest.patient_key = earlier.patient_key
    left join stable_identifiers
        on
            take_latest.mds_version = stable_identifiers.mds_version
            and upper(left(coalesce(take_latest.person_id, earlier.person_id), 1)) = stable_identifiers.first_character

),

-- Only identifiers of patients without a pseudonym of their own are looked up.
find_pseudonyms_elsewhere as (

    select
        known.identifier_scheme,
        known.person_id,
        max_by(known.pseudonymised_person_id, (known.reporting_month, known.pseudonymised_person_id))
            as pseudonymised_person_id
    from add_schemes as known
    semi join add_schemes as lacking
        on
            known.identifier_scheme = lacking.identifier_scheme
            and known.person_id = lacking.person_id
            and lacking.pseudonymised_person_id is null
    where known.pseudonymised_person_id is not null
    group by known.identifier_scheme, known.person_id

),

name_person as (

    select
        patients.patient_key,
        patients.provider_code,
        patients.person_id,
        patients.birth_date,
        patients.gender_code,
        case
            when patients.pseudonymised_person_id is not null
                then {{ text_hash('patients.pseudonymised_person_id', "'pseudonym'") }}
            when elsewhere.pseudonymised_person_id is not null
                then {{ text_hash('elsewhere.pseudonymised_person_id', "'pseudonym'") }}
            when patients.identifier_scheme is not null
                then {{ text_hash('patients.person_id', 'patients.identifier_scheme') }}
            else patients.patient_key
        end as person_key
    from add_schemes as patients
    left join find_pseudonyms_elsewhere as elsewhere
        on
            patients.identifier_scheme = elsewhere.identifier_scheme
            and patients.person_id = elsewhere.person_id

)

select * from name_person
