{# Before a run: the input check, where it is not made as the connection opens, as DuckDB's plugin does. #}
{% macro read_inputs() -%}
    {{ return(adapter.dispatch('read_inputs', 'iapt_equity')()) }}
{%- endmacro %}

{% macro default__read_inputs() -%}
{%- endmacro %}

{% macro iaptspark__read_inputs() -%}
    {%- if execute and flags.WHICH in ['build', 'run', 'retry'] -%}
        {%- do adapter.read_inputs() -%}
    {%- endif -%}
{%- endmacro %}
