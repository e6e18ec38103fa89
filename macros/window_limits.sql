{# The value of `window_start` or `window_end`: empty, unlimited, or a date. #}
{% macro window_variable(name) -%}
    {%- set value = var(name) | string -%}
    {%- if value not in ['', 'unlimited'] and not modules.re.fullmatch('\\d{4}-\\d{2}-\\d{2}', value) -%}
        {{ exceptions.raise_compiler_error(
            "variable " ~ name ~ " must be empty, unlimited, or a date such as 2016-04-01"
        ) }}
    {%- endif -%}
    {{ value }}
{%- endmacro %}


{# The first day that counts at a provider whose submissions begin on the day of `first_day`. #}
{% macro window_start(first_day) -%}
    {%- set value = window_variable('window_start') -%}
    {%- if value in ['', 'unlimited'] -%}
        {{ first_day }}
    {%- else -%}
        greatest({{ first_day }}, date '{{ value }}')
    {%- endif -%}
{%- endmacro %}


{# The last day that counts at a provider whose submissions end on the day of `last_day`. #}
{% macro window_end(last_day) -%}
    {%- set value = window_variable('window_end') -%}
    {%- if value in ['', 'unlimited'] -%}
        {{ last_day }}
    {%- else -%}
        least({{ last_day }}, date '{{ value }}')
    {%- endif -%}
{%- endmacro %}


{# Whether a side of the window stands open, true or false. #}
{% macro window_is_unlimited(name) -%}
    {{ 'true' if window_variable(name) == 'unlimited' else 'false' }}
{%- endmacro %}
