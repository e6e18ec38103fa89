{#
    One row per patient who ever stated a listed language: the one preferred. Source of the rule: docs/rules.md, 32; the
    latest month that states one counts, so that a record without does not take it away.
#}
with people as (

    select * from {{ ref('int_records_people') }}

),

language_codes as (

    select * from {{ ref('language_codes') }}

),

take_latest as (

    select
        people.patient_key,
        max_by(people.preferred_language_code, people.reporting_month) as preferred_language_code
    from people
    inner join language_codes
        on people.preferred_language_code = language_codes.language_code
    group by people.patient_key

)

select * from take_latest
