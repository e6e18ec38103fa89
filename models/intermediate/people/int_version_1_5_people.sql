{{ config(materialized='table') }}
{#
    One row per patient of version 1.5 with a pseudonym that other versions know too; none where that version is not
    given, and the joins that start here then cost nothing. Source of the rule: docs/rules.md, 23.
#}
with people as (

    select * from {{ ref('int_records_people') }}

),

identifiers_of_many as (

    select * from {{ ref('int_identifiers_of_many') }}

),

take_latest as (

    select
        people.patient_key,
        max_by(people.pseudonymised_person_id, people.reporting_month) as pseudonymised_person_id
    from people
    anti join identifiers_of_many
        on
            people.pseudonymised_person_id = identifiers_of_many.identifier
            and identifiers_of_many.identifier_kind = 'pseudonymised_person_id'
    where people.mds_version = 'v1_5' and people.pseudonymised_person_id is not null
    group by people.patient_key

)

select * from take_latest
