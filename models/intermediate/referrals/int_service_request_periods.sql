{#
    One row per service request: the referral it belongs to and the period in which contacts and scores count.
    Source of the rule: from the day the referral was received to the day of discharge (docs/rules.md, 4).
#}
with service_requests as (

    select * from {{ ref('int_service_requests') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

take_periods as (

    select
        service_requests.service_request_key,
        referrals.referral_key,
        referrals.referral_received_date,
        coalesce(referrals.discharge_date, date 'infinity') as period_end_date,
        referrals.discharge_date is not null as is_discharged
    from service_requests
    inner join referrals
        on service_requests.referral_id = referrals.referral_id

)

select * from take_periods
