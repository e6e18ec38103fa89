{#
    One row per episode: its scores and outcomes as the marts show them, derived by us or as supplied with the extract.
    Source of the rule: docs/rules.md, 27, variable trusted_outcomes; an empty field that is sent is an answer, one that
    is not sent is ours. Reliable recovery is recovery and reliable improvement, of whichever is shown (docs/rules.md,
    16; report 3.6.1; M193).
#}
with outcomes as (

    select * from {{ ref('int_episode_outcomes') }}

),

supplied as (

    select * from {{ ref('int_supplied_outcomes') }}
    where is_plausible and {{ trusts_supplied() }}

),

choose_outcomes as (

    select
        outcomes.referral_key,
        outcomes.anxiety_threshold_source_status,
        outcomes.has_mixed_reliable_change,
        coalesce(supplied.anxiety_measure, outcomes.anxiety_measure) as anxiety_measure,
        {{ supplied_or_ours('phq9_first', 'outcomes') }},
        {{ supplied_or_ours('phq9_last', 'outcomes') }},
        {{ supplied_or_ours('gad7_first', 'outcomes') }},
        {{ supplied_or_ours('gad7_last', 'outcomes') }},
        {{ supplied_or_ours('anxiety_first', 'outcomes') }},
        {{ supplied_or_ours('anxiety_last', 'outcomes') }},
        {{ supplied_or_ours('is_at_caseness', 'outcomes') }},
        {{ supplied_or_ours('is_recovered', 'outcomes') }},
        {{ supplied_or_ours('is_reliably_improved', 'outcomes') }},
        {{ supplied_or_ours('is_reliably_deteriorated', 'outcomes') }},
        array_contains(supplied.absent_fields, 'is_recovered') as is_recovery_ours,
        array_contains(supplied.absent_fields, 'is_reliably_improved') as is_improvement_ours,
        array_contains(supplied.absent_fields, 'is_reliably_deteriorated') as is_deterioration_ours
    from outcomes
    left join supplied
        on outcomes.referral_key = supplied.referral_key

),

-- What is ours for want of a supplied field gives way where a supplied one contradicts it, and mixed change, which is
-- never supplied, where one says which way; two of ours never do. Where no record speaks, nothing is marked as ours. No
-- supplied recovery is without caseness (int_supplied_outcomes).
settle_contradictions as (

    select
        * exclude (is_recovery_ours, is_improvement_ours, is_deterioration_ours) replace (
            case when is_recovery_ours then is_recovered and coalesce(is_at_caseness, false) else is_recovered end
                as is_recovered,
            is_reliably_improved and not (is_improvement_ours and is_reliably_deteriorated) as is_reliably_improved,
            is_reliably_deteriorated and not (is_deterioration_ours and is_reliably_improved)
                as is_reliably_deteriorated,
            has_mixed_reliable_change and not (is_reliably_improved or is_reliably_deteriorated)
                as has_mixed_reliable_change
        )
    from choose_outcomes

),

mark_paired as (

    select
        *,
        phq9_last is not null and anxiety_last is not null as is_paired
    from settle_contradictions

),

mark_reliably_recovered as (

    select
        *,
        is_recovered and is_reliably_improved as is_reliably_recovered
    from mark_paired

)

select * from mark_reliably_recovered
