{# One row per episode: did the person recover, and reliably improve too. Source of the rule: report 3.6.1; M193. #}
with episodes as (

    select * from {{ ref('int_episodes_reliable_change') }}

),

mark_reliably_recovered as (

    select
        *,
        is_recovered and is_reliably_improved as is_reliably_recovered
    from episodes

)

select * from mark_reliably_recovered
