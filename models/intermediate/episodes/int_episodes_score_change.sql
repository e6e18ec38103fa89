{#
    One row per episode with a pair of scores: which of the two measures fell or rose by a reliable amount.
    Source of the rule: report 3.6.1 and footnote i; at or above the reliable change of the measure (docs/rules.md, 15).
#}
with episodes as (

    select * from {{ ref('int_episode_scores') }}

),

thresholds as (

    select * from {{ ref('int_episode_thresholds') }}

),

mark_change as (

    select
        episodes.referral_key,
        episodes.phq9_first - episodes.phq9_last >= thresholds.phq9_change_threshold as has_phq9_improved,
        episodes.phq9_last - episodes.phq9_first >= thresholds.phq9_change_threshold as has_phq9_deteriorated,
        episodes.anxiety_first - episodes.anxiety_last >= thresholds.anxiety_change_threshold as has_anxiety_improved,
        episodes.anxiety_last - episodes.anxiety_first >= thresholds.anxiety_change_threshold
            as has_anxiety_deteriorated
    from episodes
    inner join thresholds
        on episodes.referral_key = thresholds.referral_key
    where episodes.is_paired

)

select * from mark_change
