{# Whether an outcome that is not known counts as not had, true or false: the variable `unknown_outcomes`. #}
{% macro counts_unknown_as_no() -%}
    {%- set choice = var('unknown_outcomes') -%}
    {%- if choice not in ['left_out', 'as_no'] -%}
        {{ exceptions.raise_compiler_error("variable unknown_outcomes must be left_out or as_no") }}
    {%- endif -%}
    {{ 'true' if choice == 'as_no' else 'false' }}
{%- endmacro %}
