{{ config(materialized='table') }}
{# One row per episode: the thresholds of its two measures on the day of discharge. Source: seed outcome_thresholds. #}
with episodes as (

    select * from {{ ref('int_episode_scores') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

thresholds as (

    select * from {{ ref('outcome_thresholds') }}

),

choose_thresholds as (

    select
        episodes.referral_key,
        depression.caseness_threshold as phq9_caseness_threshold,
        depression.reliable_change_threshold as phq9_change_threshold,
        anxiety.caseness_threshold as anxiety_caseness_threshold,
        anxiety.reliable_change_threshold as anxiety_change_threshold,
        anxiety.source_status as anxiety_threshold_source_status
    from episodes
    inner join referrals
        on episodes.referral_key = referrals.referral_key
    left join thresholds as depression
        on
            not depression.is_anxiety_measure
            and referrals.discharge_date between depression.valid_from_date and depression.valid_to_date
    left join thresholds as anxiety
        on
            episodes.anxiety_measure = anxiety.measure
            and referrals.discharge_date between anxiety.valid_from_date and anxiety.valid_to_date

)

select * from choose_thresholds
