{#
    A column of derived outcomes, or the centrally derived one where the extract has it and the variable
    `trusted_outcomes` says so. In a row that carries such fields an empty one is an answer.
#}
{% macro trusted(column, derived, supplied='supplied') -%}
    {%- if trusts_supplied() -%}
    if({{ supplied }}.referral_key is null, {{ derived }}.{{ column }}, {{ supplied }}.{{ column }}) as {{ column }}
    {%- else -%}
    {{ derived }}.{{ column }}
    {%- endif -%}
{%- endmacro %}

{# Whether the marts trust the centrally derived fields: the variable `trusted_outcomes`, derived or supplied. #}
{% macro trusts_supplied() -%}
    {%- set choice = var('trusted_outcomes') -%}
    {%- if choice not in ['derived', 'supplied'] -%}
        {{ exceptions.raise_compiler_error(
            "variable trusted_outcomes is '" ~ choice ~ "'; it must be derived or supplied"
        ) }}
    {%- endif -%}
    {{ return(choice == 'supplied') }}
{%- endmacro %}
