{{ config(materialized='table') }}
{#
    One row per month, provider, commissioner, ethnicity and measure: by how many the referrals that wait change in the
    month, and those that have waited for long.
    Source of the rule: M029, M030, M038 to M045: a referral waits from its receipt until the event or its discharge, and
    long once more than so many days have passed. Only days count on which its provider's submissions are held. Of a
    referral treated on a day that is not known nothing can be said.
#}
with referrals as (

    select * from {{ ref('fct_referrals') }}

),

provider_windows as (

    select * from {{ ref('int_provider_windows') }}

),

measures as (

    select
        waiting_measures.measure,
        waiting_measures.wait,
        cast(clinical_rules.rule_value as integer) as threshold_days
    from {{ ref('waiting_measures') }} as waiting_measures
    inner join {{ ref('clinical_rules') }} as clinical_rules
        on waiting_measures.threshold_rule = clinical_rules.rule

),

find_waits as (

    select
        referrals.*,
        measures.measure,
        measures.threshold_days,
        case measures.wait
            when 'referral_to_assessment' then referrals.days_referral_to_assessment
            when 'referral_to_first_treatment' then referrals.days_referral_to_first_treatment
        end as event_days
    from referrals
    cross join measures

),

-- least() passes over null: who neither came to the event nor left waits to the end.
find_days as (

    select
        find_waits.provider_code,
        find_waits.commissioner_code,
        coalesce(find_waits.ethnic_category_code, find_waits.ethnicity_recording_status) as ethnicity_key,
        find_waits.measure,
        greatest(find_waits.referral_received_date, provider_windows.seen_from_date) as waits_from_date,
        greatest(find_waits.referral_received_date + find_waits.threshold_days + 1, provider_windows.seen_from_date)
            as waits_long_from_date,
        least(
            find_waits.referral_received_date + find_waits.event_days,
            find_waits.discharge_date,
            provider_windows.observed_until_date + 1
        ) as left_date
    from find_waits
    inner join provider_windows
        on find_waits.provider_code = provider_windows.provider_code
    where find_waits.event_days is not null or not find_waits.is_accessed

),

list_changes as (

    select
        *,
        waits_from_date as change_date,
        1 as waiting_change,
        0 as long_waiting_change
    from find_days
    where waits_from_date < left_date
    union all
    select
        *,
        waits_long_from_date as change_date,
        0 as waiting_change,
        1 as long_waiting_change
    from find_days
    where waits_long_from_date < left_date
    union all
    select
        *,
        left_date as change_date,
        -1 as waiting_change,
        case when waits_long_from_date < left_date then -1 else 0 end as long_waiting_change
    from find_days
    where waits_from_date < left_date

),

add_up_by_month as (

    select
        provider_code,
        commissioner_code,
        ethnicity_key,
        measure,
        cast(date_trunc('month', change_date) as date) as change_month,
        sum(waiting_change) as waiting_change,
        sum(long_waiting_change) as long_waiting_change
    from list_changes
    group by all

)

select * from add_up_by_month
