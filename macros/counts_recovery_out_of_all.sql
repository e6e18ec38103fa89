{# Whether recovery is out of all finished courses and not of those at caseness: the variable `recovery_out_of`. #}
{% macro counts_recovery_out_of_all() -%}
    {%- set choice = var('recovery_out_of') -%}
    {%- if choice not in ['at_caseness', 'all'] -%}
        {{ exceptions.raise_compiler_error("variable recovery_out_of must be at_caseness or all") }}
    {%- endif -%}
    {{ 'true' if choice == 'all' else 'false' }}
{%- endmacro %}
