{#
    One row per patient of a provider: the most recent record, and the ethnicity that counts.
    Source of the rule: that of the person (int_person_ethnicity); with `as_referred`, of this provider's patient alone.
#}
{% set is_own = ethnicity_resolution() == 'as_referred' %}
with latest_records as (

    select * from {{ ref('int_patient_latest_records') }}

),

own_ethnicity as (

    select * from {{ ref('int_patient_own_ethnicity') }}

),

person_ethnicity as (

    select * from {{ ref('int_person_ethnicity') }}

),

join_ethnicity as (

    select
        latest_records.*,
        ethnicity.ethnic_category_code,
        ethnicity.ethnicity_recording_status
    from latest_records
    inner join {{ 'own_ethnicity' if is_own else 'person_ethnicity' }} as ethnicity
        on latest_records.{{ 'patient_key' if is_own else 'person_key' }}
            = ethnicity.{{ 'patient_key' if is_own else 'person_key' }}

)

select * from join_ethnicity
