{# Whose fifths of own-group density are made, as the variable `own_group_density_fifths` says. #}
{% macro own_group_density_fifths() -%}
    {%- set choice = var('own_group_density_fifths') -%}
    {%- if choice not in ['everyone', 'ethnic_group'] -%}
        {{ exceptions.raise_compiler_error(
            "variable own_group_density_fifths is '" ~ choice ~ "'; it must be one of everyone, ethnic_group"
        ) }}
    {%- endif -%}
    {{ choice }}
{%- endmacro %}
