{# Whether the marts trust the centrally derived fields, true or false: the variable `trusted_outcomes`. #}
{% macro trusts_supplied() -%}
    {%- set choice = var('trusted_outcomes') -%}
    {%- if choice not in ['derived', 'supplied'] -%}
        {{ exceptions.raise_compiler_error(
            "variable trusted_outcomes is '" ~ choice ~ "'; it must be derived or supplied"
        ) }}
    {%- endif -%}
    {{ 'true' if choice == 'supplied' else 'false' }}
{%- endmacro %}
