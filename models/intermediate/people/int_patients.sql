{#
    One row per patient of a provider: the most recent record, and the ethnicity that counts.
    Source of the rule: that of the person (int_person_ethnicity); with `as_referred`, of this provider's patient alone.
#}
{% set is_own = 'true' if ethnicity_resolution() == 'as_referred' else 'false' %}
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
        own_ethnicity.ethnic_category_code,
        own_ethnicity.ethnicity_recording_status
    from latest_records
    inner join own_ethnicity
        on latest_records.patient_key = own_ethnicity.patient_key
    where {{ is_own }}
    union all
    select
        latest_records.*,
        person_ethnicity.ethnic_category_code,
        person_ethnicity.ethnicity_recording_status
    from latest_records
    inner join person_ethnicity
        on latest_records.person_key = person_ethnicity.person_key
    where not {{ is_own }}

)

select * from join_ethnicity
