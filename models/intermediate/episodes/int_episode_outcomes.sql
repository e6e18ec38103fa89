{{ config(materialized='table') }}
{#
    One row per episode: its scores, their thresholds, and what the rules of outcome say of them.
    Source of the rule: docs/rules.md, 14 and 15; report 3.6.1 and footnote i; thresholds of the two measures on the day
    of discharge, seed outcome_thresholds.
#}
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
        episodes.*,
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

),

-- Not at caseness only if both first scores are known and below their thresholds; otherwise unknown (null).
mark_caseness as (

    select
        *,
        phq9_first >= phq9_caseness_threshold or anxiety_first >= anxiety_caseness_threshold as is_at_caseness
    from choose_thresholds

),

-- Without a pair of scores there is no recovery (M191).
mark_recovered as (

    select
        *,
        is_paired
        and coalesce(is_at_caseness, false)
        and phq9_last < phq9_caseness_threshold
        and anxiety_last < anxiety_caseness_threshold as is_recovered
    from mark_caseness

),

-- Nor is there a change: one score of a pair alone says nothing.
mark_score_change as (

    select
        *,
        is_paired and phq9_first - phq9_last >= phq9_change_threshold as has_phq9_improved,
        is_paired and phq9_last - phq9_first >= phq9_change_threshold as has_phq9_deteriorated,
        is_paired and anxiety_first - anxiety_last >= anxiety_change_threshold as has_anxiety_improved,
        is_paired and anxiety_last - anxiety_first >= anxiety_change_threshold as has_anxiety_deteriorated
    from mark_recovered

),

-- One measure changed reliably and the other did not change reliably the other way (the second half is recalled). Up on
-- one and down on the other is neither, and has a flag of its own, since the report leaves such episodes out of the
-- deterioration models (footnote i).
mark_reliable_change as (

    select
        *,
        coalesce(
            (has_phq9_improved or has_anxiety_improved) and not (has_phq9_deteriorated or has_anxiety_deteriorated),
            false
        ) as is_reliably_improved,
        coalesce(
            (has_phq9_deteriorated or has_anxiety_deteriorated) and not (has_phq9_improved or has_anxiety_improved),
            false
        ) as is_reliably_deteriorated,
        coalesce(
            (has_phq9_improved and has_anxiety_deteriorated) or (has_phq9_deteriorated and has_anxiety_improved),
            false
        ) as has_mixed_reliable_change
    from mark_score_change

)

select * from mark_reliable_change
