{#
    One row per episode: was the person at caseness at the start.
    Source of the rule: mds_reference 4.8; a first score at or above its threshold on either measure. Not at caseness
    only if both first scores are known and below; otherwise unknown.
#}
with episodes as (

    select * from {{ ref('int_episodes_thresholds') }}

),

mark_caseness as (

    select
        *,
        phq9_first >= phq9_caseness_threshold or anxiety_first >= anxiety_caseness_threshold as is_at_caseness
    from episodes

)

select * from mark_caseness
