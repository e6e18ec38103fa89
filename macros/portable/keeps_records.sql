{# Whether checked rows stay from build to build: where single rows of a table can be taken out in one transaction. #}
{% macro keeps_records() -%}
    {{ return(adapter.dispatch('keeps_records', 'iapt_equity')()) }}
{%- endmacro %}

{% macro default__keeps_records() -%}
    {{ return(false) }}
{%- endmacro %}

{% macro duckdb__keeps_records() -%}
    {{ return(true) }}
{%- endmacro %}
