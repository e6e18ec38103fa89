{#
    A text in which every number is filled up with zeros to 38 digits, so that texts are in the order of their numbers:
    LOAD-9-A before LOAD-10-A. Of a longer number the last 38 digits are left.
#}
{% macro padded_numbers(column) -%}
    {{ return(adapter.dispatch('padded_numbers', 'iapt_equity')(column)) }}
{%- endmacro %}

{% macro default__padded_numbers(column) -%}
    regexp_replace(
        regexp_replace({{ column }}, '([0-9]+)', '{{ "0" * 38 }}$1', 'g'), '[0-9]*([0-9]{38})', '$1', 'g'
    )
{%- endmacro %}

{% macro duckdb__padded_numbers(column) -%}
    regexp_replace(
        regexp_replace({{ column }}, '([0-9]+)', '{{ "0" * 38 }}\1', 'g'), '[0-9]*([0-9]{38})', '\1', 'g'
    )
{%- endmacro %}
