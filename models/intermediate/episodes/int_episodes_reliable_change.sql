{#
    One row per episode with a pair of scores: did the person reliably improve or deteriorate.
    Source of the rule: one measure changed reliably and the other did not change reliably the other way (the second
    half is recalled, docs/rules.md, 15). Up on one and down on the other is neither, and has a flag of its own,
    since the report leaves such episodes out of the deterioration models (footnote i).
#}
with score_changes as (

    select * from {{ ref('int_episodes_score_change') }}

),

mark_reliable_change as (

    select
        referral_key,
        (has_phq9_improved or has_anxiety_improved)
        and not (has_phq9_deteriorated or has_anxiety_deteriorated) as is_reliably_improved,
        (has_phq9_deteriorated or has_anxiety_deteriorated)
        and not (has_phq9_improved or has_anxiety_improved) as is_reliably_deteriorated,
        (has_phq9_improved and has_anxiety_deteriorated)
        or (has_phq9_deteriorated and has_anxiety_improved) as has_mixed_reliable_change
    from score_changes

)

select * from mark_reliable_change
