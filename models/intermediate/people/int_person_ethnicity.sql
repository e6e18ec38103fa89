{{ config(materialized='table') }}
{#
    One row per person: the one ethnic category that counts, by the rule that the variable `ethnicity_resolution` names,
    or else the status of the most recent record; a tie that the rule leaves without a category is not known. With
    `as_referred` a referral takes its own patient's code (int_patients), with `as_reported` that of a month
    (int_referral_reported_ethnicity); a person still has one, the most frequent.
#}
{% set rule = ethnicity_resolution() %}
with person_rules as (

    select * from {{ ref('int_person_ethnicity_rules') }}

),

resolve_ethnicity as (

    select
        person_key,
        {{ 'most_frequent_valid' if rule in ['as_referred', 'as_reported'] else rule }} as ethnic_category_code,
        case
            when ethnic_category_code is not null then 'valid'
            when valid_code_count > 0 then 'not_known'
            else latest_status
        end as ethnicity_recording_status
    from person_rules

)

select * from resolve_ethnicity
