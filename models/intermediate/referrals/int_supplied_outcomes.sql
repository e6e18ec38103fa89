{#
    One row per referral whose most recent record carries centrally derived fields: what it says.
    Source of the rule: docs/rules.md, 27; the record that also says what else is known of the referral. One that
    contradicts itself or holds a score outside its tool's range is compared, and never trusted.
#}
with supplied_outcomes as (

    select * from {{ ref('int_records_supplied_outcomes') }}

),

service_requests as (

    select * from {{ ref('int_service_requests') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

tokens as (

    select * from {{ ref('anxiety_measure_tokens') }}

),

assessment_tools as (

    select * from {{ ref('assessment_tools') }}

),

take_latest as (

    select
        referrals.referral_key,
        supplied_outcomes.*,
        case
            when supplied_outcomes.anxiety_measure_token is not null
                then coalesce(tokens.measure, supplied_outcomes.anxiety_measure_token)
        end as anxiety_measure
    from referrals
    inner join service_requests
        on
            referrals.referral_id = service_requests.referral_id
            and referrals.provider_code = service_requests.provider_code
            and referrals.service_request_key = service_requests.service_request_key
            and referrals.patient_key is not distinct from service_requests.patient_key
    inner join supplied_outcomes
        on
            service_requests.request_key = supplied_outcomes.request_key
            and service_requests.reporting_month = supplied_outcomes.reporting_month
    left join tokens
        on
            supplied_outcomes.mds_version = tokens.mds_version
            and supplied_outcomes.anxiety_measure_token = upper(tokens.token)

),

depression_tools as (

    select * from assessment_tools
    where measure_role = 'depression'

),

default_tools as (

    select * from assessment_tools
    where measure_role = 'anxiety_default'

),

mark_plausible as (

    select
        take_latest.*,
        coalesce(take_latest.treatment_contact_count <= take_latest.care_contact_count, true)
        and coalesce(take_latest.first_treatment_date <= take_latest.second_treatment_date, true)
        and not (take_latest.is_recovered and not coalesce(take_latest.is_at_caseness, false))
        and not (take_latest.is_reliably_improved and take_latest.is_reliably_deteriorated)
        and coalesce(
            take_latest.phq9_first between depression_tools.minimum_score and depression_tools.maximum_score, true
        )
        and coalesce(
            take_latest.phq9_last between depression_tools.minimum_score and depression_tools.maximum_score, true
        )
        and coalesce(take_latest.gad7_first between default_tools.minimum_score and default_tools.maximum_score, true)
        and coalesce(take_latest.gad7_last between default_tools.minimum_score and default_tools.maximum_score, true)
            as is_plausible
    from take_latest
    cross join depression_tools
    cross join default_tools

),

keep_columns as (

    select * exclude (request_key, anxiety_measure_token)
    from mark_plausible

)

select * from keep_columns
