{# One row per person, ethnic category and recording status: in how many records, of any provider and version. #}
with patient_ethnicity as (

    select * from {{ ref('int_patient_ethnicity') }}

),

patients as (

    select * from {{ ref('int_patient_latest_records') }}

),

add_up_patients as (

    select
        patients.person_key,
        patient_ethnicity.ethnic_category_code,
        patient_ethnicity.ethnicity_recording_status,
        cast(sum(patient_ethnicity.record_count) as bigint) as record_count,
        min(patient_ethnicity.first_month) as first_month,
        max(patient_ethnicity.latest_month) as latest_month
    from patient_ethnicity
    inner join patients
        on patient_ethnicity.patient_key = patients.patient_key
    group by all

)

select * from add_up_patients
