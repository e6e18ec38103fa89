{#
    One row per patient of a provider: the most recent valid code that this provider sent, whatever others sent.
    Source of the rule: ours; what counts where the variable `ethnicity_resolution` is `as_referred`.
#}
with patient_ethnicity as (

    select * from {{ ref('int_patient_ethnicity') }}

),

take_latest as (

    select
        patient_key,
        max_by(ethnic_category_code, (latest_month, ethnic_category_code))
        filter (where ethnic_category_code is not null) as ethnic_category_code,
        max_by(ethnicity_recording_status, (latest_month, ethnicity_recording_status)) as latest_status
    from patient_ethnicity
    group by patient_key

),

name_status as (

    select
        patient_key,
        ethnic_category_code,
        latest_status,
        if(ethnic_category_code is null, latest_status, 'valid') as ethnicity_recording_status
    from take_latest

)

select * from name_status
