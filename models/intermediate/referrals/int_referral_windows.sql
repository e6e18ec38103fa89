{{ config(materialized='table') }}
{#
    One row per referral: was it received while its provider's submissions are held, and for how long was it observed.
    Source of the rule: docs/rules.md, 28. The provider that sent it first must have been submitting when it was
    received, else what happened before is missing; the one that has it now says until when it was followed.
#}
with referrals as (

    select * from {{ ref('int_referrals') }}

),

service_requests as (

    select * from {{ ref('int_service_requests') }}

),

provider_windows as (

    select * from {{ ref('int_provider_windows') }}

),

find_first_senders as (

    select
        referral_id,
        min_by(provider_code, (first_reporting_month, provider_code)) as first_provider_code
    from service_requests
    group by referral_id

),

compare_with_windows as (

    select
        referrals.referral_key,
        ({{ window_is_unlimited('window_start') }} or referrals.referral_received_date >= senders.window_start_date)
        and ({{ window_is_unlimited('window_end') }} or referrals.referral_received_date <= holders.window_end_date)
            as is_received_in_window,
        greatest(holders.observed_until_date - referrals.referral_received_date, 0) as days_observed,
        holders.observed_until_date - senders.window_start_date as window_days
    from referrals
    inner join find_first_senders
        on referrals.referral_id = find_first_senders.referral_id
    inner join provider_windows as senders
        on find_first_senders.first_provider_code = senders.provider_code
    inner join provider_windows as holders
        on referrals.provider_code = holders.provider_code

)

select * from compare_with_windows
