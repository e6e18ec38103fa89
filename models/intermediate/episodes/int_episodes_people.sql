{#
    One row per referral: who was referred, as of the end of the episode.
    Source of the rule: docs/rules.md, 10; the same as at the receipt, but that with the variable ethnicity_resolution
    as_reported the ethnic category is that of the record of the month of discharge, when the outcome is reported.
#}
{% set is_reported = 'true' if ethnicity_resolution() == 'as_reported' else 'false' %}
with people as (

    select * from {{ ref('int_referrals_people') }}

),

reported_ethnicity as (

    select * from {{ ref('int_referral_reported_ethnicity') }}
    where referral_event = 'discharged'

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

report_ethnicity as (

    select
        people.* replace (
            reported_ethnicity.ethnic_category_code as ethnic_category_code,
            ethnic_categories.ethnic_group as ethnic_group,
            ethnic_categories.high_level_ethnic_group as high_level_ethnic_group,
            coalesce(reported_ethnicity.ethnicity_recording_status, 'missing') as ethnicity_recording_status
        )
    from people
    left join reported_ethnicity
        on people.referral_key = reported_ethnicity.referral_key
    left join ethnic_categories
        on reported_ethnicity.ethnic_category_code = ethnic_categories.ethnic_category_code
    where {{ is_reported }}

),

choose_rule as (

    select * from people
    where not {{ is_reported }}
    union all
    select * from report_ethnicity

)

select * from choose_rule
