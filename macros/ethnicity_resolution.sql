{# The rule for one ethnic category out of several that the variable `ethnicity_resolution` chooses. #}
{% macro ethnicity_resolution() -%}
    {%- set rules = [
        'most_frequent_valid', 'latest_valid', 'latest_or_none', 'most_frequent_or_none', 'avoids_other',
        'as_referred', 'as_reported'
    ] -%}
    {%- set rule = var('ethnicity_resolution') -%}
    {%- if rule not in rules -%}
        {{ exceptions.raise_compiler_error(
            "variable ethnicity_resolution is '" ~ rule ~ "'; it must be one of " ~ rules | join(', ')
        ) }}
    {%- endif -%}
    {{ rule }}
{%- endmacro %}
