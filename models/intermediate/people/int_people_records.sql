{#
    One row per patient and accepted submission: who the patient is as sent that month.
    Source of the rule: an ethnic category is valid by its exact code (docs/rules.md, 9).
#}
with people as (

    {{ union_versions('people') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

unstated_codes as (

    select * from {{ ref('ethnicity_unstated_codes') }}

),

validate_ethnicity as (

    select
        people.* exclude (patient_key),
        accepted_submissions.provider_code,
        accepted_submissions.reporting_month,
        {{ provider_key('accepted_submissions.provider_code', 'people.patient_key') }} as patient_key,
        ethnic_categories.ethnic_category_code,
        case
            when ethnic_categories.ethnic_category_code is not null then 'valid'
            when unstated_codes.ethnicity_recording_status is not null
                then unstated_codes.ethnicity_recording_status
            when {{ clean_code('people.ethnic_category_raw') }} is null then 'missing'
            else 'invalid'
        end as ethnicity_recording_status
    from people
    inner join accepted_submissions
        on people.submission_id = accepted_submissions.submission_id
    left join ethnic_categories
        on {{ clean_code('people.ethnic_category_raw') }} = ethnic_categories.ethnic_category_code
    left join unstated_codes
        on {{ clean_code('people.ethnic_category_raw') }} = unstated_codes.ethnicity_code

)

select * from validate_ethnicity
