{# Whether readers open a file that the end of a build replaces: not on another engine, nor over an empty database. #}
{% macro has_warehouse_file() -%}
    {{ return(adapter.dispatch('has_warehouse_file', 'iapt_equity')()) }}
{%- endmacro %}

{% macro default__has_warehouse_file() -%}
    {{ return(false) }}
{%- endmacro %}

{% macro duckdb__has_warehouse_file() -%}
    {{ return(target.path != ':memory:') }}
{%- endmacro %}
