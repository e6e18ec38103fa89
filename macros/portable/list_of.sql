{# A list of SQL expressions, which may be none. #}
{% macro list_of(values=[]) -%}
    {{ return(adapter.dispatch('list_of', 'iapt_equity')(values)) }}
{%- endmacro %}

{% macro default__list_of(values) -%}
    array({{ values | join(', ') }})
{%- endmacro %}

{% macro duckdb__list_of(values) -%}
    [{{ values | join(', ') }}]
{%- endmacro %}
