{# One row per care contact with an activity that is no treatment. Source of the rule: ETOS I101D29, as quoted. #}
with care_activities as (

    select * from {{ ref('int_records_care_activities') }}

),

non_treatment_activities as (

    select * from {{ ref('non_treatment_activities') }}

),

find_contacts as (

    select distinct care_activities.care_contact_key
    from care_activities
    inner join non_treatment_activities
        on care_activities.procedure_code = non_treatment_activities.procedure_code
    where care_activities.care_contact_key is not null

)

select * from find_contacts
