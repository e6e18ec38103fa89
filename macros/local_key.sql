{# The hash of an identifier of the provider, within the submission where one is named; null where it is blank. #}
{% macro local_key(column, submission=none) -%}
    {%- set key = text_hash(column, submission) -%}
    case when {{ column }} is not null then {{ key }} end
{%- endmacro %}
