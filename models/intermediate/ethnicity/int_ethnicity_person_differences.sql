{# One row per provider and person on its books: the person's category by each rule, beside the provider's own.
   Source of the rule: int_person_ethnicity_rules, int_patient_own_ethnicity. #}
with latest_records as (

    select * from {{ ref('int_patient_latest_records') }}

),

own_ethnicity as (

    select * from {{ ref('int_patient_own_ethnicity') }}

),

person_rules as (

    select * from {{ ref('int_person_ethnicity_rules') }}

),

join_rules as (

    select
        latest_records.provider_code,
        latest_records.person_key,
        any_value(person_rules.most_frequent_valid) as most_frequent_valid,
        any_value(person_rules.latest_valid) as latest_valid,
        any_value(person_rules.first_valid) as first_valid,
        any_value(person_rules.valid_code_count) as valid_code_count,
        max(own_ethnicity.ethnic_category_code) as own_valid,
        bool_and(own_ethnicity.latest_status <> 'valid') as is_unstated_in_latest_record
    from latest_records
    inner join own_ethnicity
        on latest_records.patient_key = own_ethnicity.patient_key
    inner join person_rules
        on latest_records.person_key = person_rules.person_key
    group by latest_records.provider_code, latest_records.person_key

)

select * from join_rules
