{{ config(materialized='table') }}
{#
    One row per service request and run of months in which it was sent: what its contacts, scores and logs hang on in
    their submission, and the date before which none of them may lie. Most have one run with one date of receipt; where
    a month is missing or the date changed, each month stands alone.
#}
with referrals as (

    select * from {{ ref('int_records_referrals') }}

),

summarise_months as (

    select
        service_request_key,
        min(reporting_month) as first_month,
        max(reporting_month) as last_month,
        min(referral_received_date) as referral_received_date,
        count(*) = date_diff('month', min(reporting_month), max(reporting_month)) + 1
        and min(referral_received_date) = max(referral_received_date) as is_one_run
    from referrals
    group by service_request_key

),

split_runs as (

    select
        service_request_key,
        first_month,
        last_month,
        referral_received_date
    from summarise_months
    where is_one_run
    union all
    select
        referrals.service_request_key,
        referrals.reporting_month as first_month,
        referrals.reporting_month as last_month,
        referrals.referral_received_date
    from referrals
    inner join summarise_months
        on referrals.service_request_key = summarise_months.service_request_key
    where not summarise_months.is_one_run

)

select * from split_runs
