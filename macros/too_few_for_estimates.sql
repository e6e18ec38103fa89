{# Whether an estimate rests on too few people, people with the event, or people without it, for it to leave. #}
{% macro too_few_for_estimates(people_count, event_count) -%}
    (
        {{ people_count }} < {{ profile_value('smallest_model_people') }}
        or coalesce({{ event_count }} < {{ profile_value('smallest_model_events') }}, false)
        or coalesce({{ people_count }} - {{ event_count }} < {{ profile_value('smallest_model_events') }}, false)
    )
{%- endmacro %}
