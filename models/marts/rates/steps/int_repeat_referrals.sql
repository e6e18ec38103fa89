{{ config(materialized='table') }}
{#
    One row per referral: whether the person was referred before; null where that would not be known.
    Source of the rule: docs/rules.md, 10, for who is one person; a referral repeats another that was received on an
    earlier day, no more than a year before, wherever (ours). Whose provider's submissions begin less than a year before
    it may repeat one that is not held.
#}
with referrals as (

    select * from {{ ref('int_referrals') }}

),

people as (

    select * from {{ ref('int_referrals_people') }}

),

provider_windows as (

    select * from {{ ref('int_provider_windows') }}

),

find_previous as (

    select
        referrals.referral_id,
        referrals.referral_received_date - provider_windows.seen_from_date as days_held_before,
        referrals.referral_received_date - max(referrals.referral_received_date) over (
            partition by people.person_key order by referrals.referral_received_date
            range between unbounded preceding and interval 1 day preceding
        ) as days_since_previous
    from referrals
    inner join people
        on referrals.referral_key = people.referral_key
    inner join provider_windows
        on referrals.provider_code = provider_windows.provider_code

),

compare_days as (

    select
        referral_id,
        case
            when days_held_before >= {{ rule_value('repeat_referral_days') }}
                then coalesce(days_since_previous <= {{ rule_value('repeat_referral_days') }}, false)
        end as is_repeat_referral
    from find_previous

)

select * from compare_days
