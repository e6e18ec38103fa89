{#
    One row per fit, term and level, the reference level too, or term without levels: how many people its estimate rests
    on, and whether they are too few for it to leave.
    Source of the rule: seed disclosure_profiles: people, people with the event, and people without it.
#}
{% set fit = 'analysis, outcome, model, estimator' %}
with estimates as (

    select * from {{ ref('int_publication_estimates') }}

),

list_levels as (

    select
        {{ fit }},
        term,
        level,
        level_observation_count as people_count,
        level_event_count as event_count
    from estimates
    union all
    -- Whoever is in no other level is in the reference level.
    select
        {{ fit }},
        term,
        reference_level,
        observation_count - sum(level_observation_count) as people_count,
        event_count - sum(level_event_count) as event_count
    from estimates
    where reference_level is not null
    group by {{ fit }}, term, reference_level, observation_count, event_count

),

mark_few as (

    select
        *,
        people_count < {{ profile_value('smallest_model_people') }}
        or coalesce(event_count < {{ profile_value('smallest_model_events') }}, false)
        or coalesce(people_count - event_count < {{ profile_value('smallest_model_events') }}, false) as is_too_few
    from list_levels

)

select * from mark_few
