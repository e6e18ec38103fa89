{# One row per person, pair of different valid codes that were sent for the person, and provider that sent either.
   Source of the rule: none, they are shown as they are; which of them counts is said by int_person_ethnicity. #}
with latest_records as (

    select * from {{ ref('int_patient_latest_records') }}

),

patient_ethnicity as (

    select * from {{ ref('int_patient_ethnicity') }}

),

list_codes as (

    select
        latest_records.person_key,
        patient_ethnicity.ethnic_category_code,
        list(distinct latest_records.provider_code) as providers
    from patient_ethnicity
    inner join latest_records
        on patient_ethnicity.patient_key = latest_records.patient_key
    where patient_ethnicity.ethnic_category_code is not null
    group by latest_records.person_key, patient_ethnicity.ethnic_category_code

),

pair_codes as (

    select
        lower_codes.person_key,
        lower_codes.ethnic_category_code,
        higher_codes.ethnic_category_code as other_ethnic_category_code,
        list_intersect(lower_codes.providers, higher_codes.providers) as providers_of_both,
        unnest(list_distinct(list_concat(lower_codes.providers, higher_codes.providers))) as provider_code
    from list_codes as lower_codes
    inner join list_codes as higher_codes
        on
            lower_codes.person_key = higher_codes.person_key
            and lower_codes.ethnic_category_code < higher_codes.ethnic_category_code

),

mark_own_conflicts as (

    select
        * exclude (providers_of_both),
        list_contains(providers_of_both, provider_code) as is_within_provider
    from pair_codes

)

select * from mark_own_conflicts
