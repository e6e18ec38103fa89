{#
    An identifier of the provider as it came, but null where it is blank. Nearly all begin with a letter or digit, which
    the first comparison sees at once; only the rest are trimmed.
#}
{% macro blank_to_null(column) -%}
    case when {{ column }} >= '!' then {{ column }} when trim({{ column }}) <> '' then {{ column }} end
{%- endmacro %}

{# The hash of an identifier of the provider, within the submission where one is named; null where it is blank. #}
{% macro local_key(column, submission=none) -%}
    {%- set key = text_hash(column, submission) -%}
    case when {{ column }} >= '!' then {{ key }} when trim({{ column }}) <> '' then {{ key }} end
{%- endmacro %}
