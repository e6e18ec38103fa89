{#
    One row per fit, term and level, the reference level too, or term without levels: how many people its estimate rests
    on, and whether it may leave: they or those of the reference level may be too few.
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
        level_event_count as event_count,
        false as is_reference
    from estimates
    union all
    -- Whoever is in no other level is in the reference level.
    select
        {{ fit }},
        term,
        reference_level,
        observation_count - sum(level_observation_count) as people_count,
        event_count - sum(level_event_count) as event_count,
        true as is_reference
    from estimates
    where reference_level is not null
    group by {{ fit }}, term, reference_level, observation_count, event_count

),

mark_few as (

    select
        *,
        {{ too_few_for_estimates('people_count', 'event_count') }} as is_too_few
    from list_levels

),

judge_levels as (

    select
        * exclude (is_reference, is_too_few),
        case
            when people_count = 0 then 'no_data'
            when is_too_few or bool_or(is_too_few and is_reference) over same_term then 'suppressed_small_number'
            else 'shown'
        end as level_status
    from mark_few
    window same_term as (partition by {{ fit }}, term)

)

select * from judge_levels
