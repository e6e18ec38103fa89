{# Variables of kinds that SQL would take for something else, or for nothing: each stops the parse in one line. #}


{# A variable that is true or false. #}
{% macro true_or_false(name) -%}
    {%- set value = var(name) -%}
    {%- if value is not boolean -%}
        {{ exceptions.raise_compiler_error("variable " ~ name ~ " must be true or false") }}
    {%- endif -%}
    {{ value | lower }}
{%- endmacro %}


{# A variable that is a number from nought. #}
{% macro number_from_nought(name) -%}
    {%- set value = var(name) -%}
    {%- if value is boolean or value is not number or value < 0 -%}
        {{ exceptions.raise_compiler_error("variable " ~ name ~ " must be a number, nought or more") }}
    {%- endif -%}
    {{ value }}
{%- endmacro %}


{# Levels of area that are crossed, as a list of SQL. #}
{% macro crossed_area_levels() -%}
    {%- set known = ['national', 'region', 'icb', 'commissioner', 'provider'] -%}
    {%- set levels = var('crossed_area_levels') -%}
    {%- if levels is string or levels is not iterable or levels | reject('in', known) | list -%}
        {{ exceptions.raise_compiler_error(
            "variable crossed_area_levels must be a list, such as [national, icb], of " ~ known | join(', ')
        ) }}
    {%- endif -%}
    '{{ levels | join("', '") }}'
{%- endmacro %}
