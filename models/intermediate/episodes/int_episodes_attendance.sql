{# One row per episode: the share of offered sessions attended. Source of the rule: report 3.6.2 (out of those offered). #}
with episodes as (

    select * from {{ ref('int_episodes_dropped_out') }}

),

divide_attended as (

    select
        *,
        attended_contact_count / nullif(offered_contact_count, 0) as proportion_attended
    from episodes

)

select * from divide_attended
