{# The days of the variable `follow_up_days`, or nothing: the data say it. #}
{% macro follow_up_days() -%}
    {%- set value = var('follow_up_days') | string -%}
    {%- if value != '' and not modules.re.fullmatch('\\d{1,4}', value) -%}
        {{ exceptions.raise_compiler_error("variable follow_up_days must be empty or a whole number of days to 9999") }}
    {%- endif -%}
    {{ value }}
{%- endmacro %}
