{# The column of int_person_ethnicity_rules that the variable `ethnicity_resolution` chooses. #}
{% macro ethnicity_resolution() -%}
    {%- set rules = ['most_frequent_valid', 'latest_valid', 'as_referred'] -%}
    {%- set rule = var('ethnicity_resolution') -%}
    {%- if rule not in rules -%}
        {{ exceptions.raise_compiler_error(
            "variable ethnicity_resolution is '" ~ rule ~ "'; it must be one of " ~ rules | join(', ')
        ) }}
    {%- endif -%}
    {{ rule }}
{%- endmacro %}
