{{ config(tags=['quality']) }}
{# One row per disability of a patient, as sent in an accepted submission of any version. No mart uses it yet. #}
with disabilities as (

    {{ valid_records('disabilities', is_whole=true) }}

),

name_patients as (

    select
        * exclude (patient_key),
        {{ provider_key('provider_code', 'patient_key') }} as patient_key
    from disabilities

)

select * from name_patients
