{{ config(materialized='table') }}
{#
    One row per service request (and month held, where several patients held its identifier): the referral it belongs
    to and the period in which contacts and scores count.
    Source of the rule: from the day the referral was received to the day of discharge (docs/rules.md, 4, 24).
#}
with service_requests as (

    select * from {{ ref('int_service_requests') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

months_held as (

    select * from {{ ref('int_reused_service_request_months') }}

),

take_periods as (

    select
        service_requests.service_request_key,
        service_requests.patient_key,
        referrals.referral_key,
        referrals.referral_received_date,
        coalesce(referrals.discharge_date, date 'infinity') as period_end_date,
        referrals.discharge_date is not null as is_discharged,
        months_held.held_month
    from service_requests
    inner join referrals
        on service_requests.referral_id = referrals.referral_id
    left join months_held
        on service_requests.request_key = months_held.request_key

)

select * from take_periods
