{{ config(materialized='table') }}
{#
    One row per person: the one ethnic category that counts, by the rule that the variable `ethnicity_resolution` names,
    or else the status of the most recent record. With `as_referred` a referral takes its own patient's code
    (int_patients); a person still has one, the most frequent.
#}
{% set rule = ethnicity_resolution() %}
with person_rules as (

    select * from {{ ref('int_person_ethnicity_rules') }}

),

resolve_ethnicity as (

    select
        person_key,
        {{ 'latest_valid' if rule == 'latest_valid' else 'most_frequent_valid' }} as ethnic_category_code,
        if(ethnic_category_code is null, latest_status, 'valid') as ethnicity_recording_status
    from person_rules

)

select * from resolve_ethnicity
