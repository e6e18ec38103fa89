{#
    One row per episode: was the person at caseness at the start.
    Source of the rule: docs/rules.md, 14; a first score at or above its threshold on either measure. Not at caseness
    only if both first scores are known and below; otherwise unknown (null).
#}
with episodes as (

    select * from {{ ref('int_episode_scores') }}

),

thresholds as (

    select * from {{ ref('int_episode_thresholds') }}

),

mark_caseness as (

    select
        episodes.referral_key,
        episodes.phq9_first >= thresholds.phq9_caseness_threshold
        or episodes.anxiety_first >= thresholds.anxiety_caseness_threshold as is_at_caseness
    from episodes
    inner join thresholds
        on episodes.referral_key = thresholds.referral_key

)

select * from mark_caseness
