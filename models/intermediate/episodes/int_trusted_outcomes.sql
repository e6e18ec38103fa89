{#
    One row per episode: its scores and outcomes as the marts show them, derived by us or as supplied with the extract.
    Source of the rule: docs/rules.md, 27, variable trusted_outcomes; in a record that carries supplied fields an empty
    one is an answer. Reliable recovery is recovery and reliable improvement, of whichever is shown (docs/rules.md, 16;
    report 3.6.1; M193).
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
        if(supplied.referral_key is null, outcomes.phq9_first, supplied.phq9_first) as phq9_first,
        if(supplied.referral_key is null, outcomes.phq9_last, supplied.phq9_last) as phq9_last,
        if(supplied.referral_key is null, outcomes.gad7_first, supplied.gad7_first) as gad7_first,
        if(supplied.referral_key is null, outcomes.gad7_last, supplied.gad7_last) as gad7_last,
        if(supplied.referral_key is null, outcomes.anxiety_first, supplied.anxiety_first) as anxiety_first,
        if(supplied.referral_key is null, outcomes.anxiety_last, supplied.anxiety_last) as anxiety_last,
        if(supplied.referral_key is null, outcomes.is_at_caseness, supplied.is_at_caseness) as is_at_caseness,
        if(supplied.referral_key is null, outcomes.is_recovered, supplied.is_recovered) as is_recovered,
        if(supplied.referral_key is null, outcomes.is_reliably_improved, supplied.is_reliably_improved)
            as is_reliably_improved,
        if(supplied.referral_key is null, outcomes.is_reliably_deteriorated, supplied.is_reliably_deteriorated)
            as is_reliably_deteriorated
    from outcomes
    left join supplied
        on outcomes.referral_key = supplied.referral_key

),

mark_paired as (

    select
        *,
        phq9_last is not null and anxiety_last is not null as is_paired
    from choose_outcomes

),

mark_reliably_recovered as (

    select
        *,
        is_recovered and is_reliably_improved as is_reliably_recovered
    from mark_paired

)

select * from mark_reliably_recovered
