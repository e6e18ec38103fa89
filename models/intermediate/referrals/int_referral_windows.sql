{{ config(materialized='table') }}
{#
    One row per referral: was it received while its provider's submissions are held, and for how long was it observed.
    Source of the rule: docs/rules.md, 28. The provider that sent it first must have been submitting when it was
    received, else what happened before is missing; the one that has it now says until when it was followed. A month
    that either of the two did not send may hide something: who is received in one is outside, and others are observed
    until it begins.
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

missing_months as (

    select * from {{ ref('int_missing_months') }}

),

find_first_senders as (

    select
        referral_id,
        min_by(provider_code, (first_reporting_month, provider_code)) as first_provider_code
    from service_requests
    group by referral_id

),

find_gaps as (

    select
        referrals.referral_key,
        min(missing_months.reporting_month) as gap_date
    from referrals
    inner join find_first_senders
        on referrals.referral_id = find_first_senders.referral_id
    inner join missing_months
        on
            missing_months.provider_code in (find_first_senders.first_provider_code, referrals.provider_code)
            and referrals.referral_received_date <= last_day(missing_months.reporting_month)
    group by referrals.referral_key

),

compare_with_windows as (

    select
        referrals.referral_key,
        (
            {{ window_is_unlimited('window_start') }}
            or (
                referrals.referral_received_date >= senders.window_start_date
                and (gaps.gap_date is null or referrals.referral_received_date < gaps.gap_date)
            )
        )
        and ({{ window_is_unlimited('window_end') }} or referrals.referral_received_date <= holders.window_end_date)
            as is_received_in_window,
        greatest(
            least(holders.observed_until_date, gaps.gap_date - 1) - referrals.referral_received_date,
            0
        ) as days_observed,
        greatest(holders.observed_until_date - referrals.referral_received_date, 0) as days_until_end,
        holders.observed_until_date - senders.window_start_date as window_days
    from referrals
    inner join find_first_senders
        on referrals.referral_id = find_first_senders.referral_id
    inner join provider_windows as senders
        on find_first_senders.first_provider_code = senders.provider_code
    inner join provider_windows as holders
        on referrals.provider_code = holders.provider_code
    left join find_gaps as gaps
        on referrals.referral_key = gaps.referral_key

)

select * from compare_with_windows
