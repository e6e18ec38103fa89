{#
    One row per episode: did the person recover.
    Source of the rule: report 3.6.1; at caseness at the start, and both last scores below their thresholds. Without a
    pair of scores there is no recovery (M191).
#}
with episodes as (

    select * from {{ ref('int_episode_scores') }}

),

thresholds as (

    select * from {{ ref('int_episode_thresholds') }}

),

caseness as (

    select * from {{ ref('int_episodes_caseness') }}

),

mark_recovered as (

    select
        episodes.referral_key,
        episodes.is_paired
        and coalesce(caseness.is_at_caseness, false)
        and episodes.phq9_last < thresholds.phq9_caseness_threshold
        and episodes.anxiety_last < thresholds.anxiety_caseness_threshold as is_recovered
    from episodes
    inner join thresholds
        on episodes.referral_key = thresholds.referral_key
    inner join caseness
        on episodes.referral_key = caseness.referral_key

)

select * from mark_recovered
