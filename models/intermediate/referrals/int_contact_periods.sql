{{ config(materialized='table') }}
{#
    One row per service request (and month held) and run of months in which it was sent: the referral it belongs to, and
    when contacts, scores and logs sent in these months count.
    Source of the rule: within the referral (docs/rules.md, 4), and not without or before it in their own submission.
#}
with periods as (

    select * from {{ ref('int_service_request_periods') }}

),

referral_spans as (

    select * from {{ ref('int_referral_spans') }}

),

join_spans as (

    select
        periods.service_request_key,
        periods.referral_key,
        coalesce(periods.held_month, referral_spans.first_month) as first_month,
        coalesce(periods.held_month, referral_spans.last_month) as last_month,
        referral_spans.referral_received_date as sent_received_date,
        periods.referral_received_date,
        periods.period_end_date
    from periods
    inner join referral_spans
        on
            periods.service_request_key = referral_spans.service_request_key
            and (
                periods.held_month is null
                or periods.held_month between referral_spans.first_month and referral_spans.last_month
            )

)

select * from join_spans
