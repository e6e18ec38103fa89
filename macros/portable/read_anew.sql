{#
    Said of a common table expression that is named more than once: it is read again each time, as Spark does, where
    DuckDB would hold all of its rows and columns in memory. On 9 million scores it takes a tenth less processor time
    and 0.9 instead of 2.1 GB, since each reading opens only the columns that it asks for.
#}
{% macro read_anew() -%}
    {{ return(adapter.dispatch('read_anew', 'iapt_equity')()) }}
{%- endmacro %}

{% macro default__read_anew() -%}
{%- endmacro %}

{% macro duckdb__read_anew() -%}
    not materialized
{%- endmacro %}
