{# The name of a published figure: what it is of, all of its keys; the same in every release. Counts of it go on with a dot. #}
{% macro figure_name(kind, columns) -%}
    '{{ kind }}'{% for column in columns %} || '|' || {{ column }}{% endfor %}
{%- endmacro %}
