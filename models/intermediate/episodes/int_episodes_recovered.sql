{#
    One row per episode: did the person recover.
    Source of the rule: report 3.6.1; at caseness at the start, and both last scores below their thresholds. Without a
    pair of scores there is no recovery (M191).
#}
with episodes as (

    select * from {{ ref('int_episodes_caseness') }}

),

mark_recovered as (

    select
        *,
        coalesce(
            is_paired
            and is_at_caseness
            and phq9_last < phq9_caseness_threshold
            and anxiety_last < anxiety_caseness_threshold,
            false
        ) as is_recovered
    from episodes

)

select * from mark_recovered
