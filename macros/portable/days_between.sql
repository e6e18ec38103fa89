{# Every day from one date to another, both included, a row each. Dates: text as 2008-04-01. #}
{% macro days_between(first_date, last_date) -%}
    {{ return(adapter.dispatch('days_between', 'iapt_equity')(first_date, last_date)) }}
{%- endmacro %}

{% macro default__days_between(first_date, last_date) -%}
    explode(sequence(date '{{ first_date }}', date '{{ last_date }}', interval 1 day))
{%- endmacro %}

{% macro duckdb__days_between(first_date, last_date) -%}
    cast(unnest(generate_series(date '{{ first_date }}', date '{{ last_date }}', interval 1 day)) as date)
{%- endmacro %}
