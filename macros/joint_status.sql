{# What becomes of a figure that is made of several counts, by the statuses of these: the first reason to suppress one. #}
{% macro joint_status(statuses) -%}
    case
        {% for status in statuses -%}
        when {{ status }} = 'suppressed_small_number' then 'suppressed_small_number'
        {% endfor -%}
        {% for status in statuses -%}
        when {{ status }} = 'suppressed_to_protect' then 'suppressed_to_protect'
        {% endfor -%}
        else 'shown'
    end
{%- endmacro %}
