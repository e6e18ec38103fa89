{# The financial year of a date as '2015-16'; its first month is a rule of the seed clinical_rules. #}
{% macro financial_year(date_column) -%}
    {%- set start = "year(" ~ date_column ~ ") - cast(month(" ~ date_column ~ ") < "
        ~ rule_value('financial_year_first_month') ~ " as integer)" -%}
    cast({{ start }} as varchar) || '-' || right(cast({{ start }} + 1 as varchar), 2)
{%- endmacro %}

{# The quarter of the financial year that a date falls in, as 'Q1'. #}
{% macro financial_quarter(date_column) -%}
    'Q' || cast(
        cast(floor((month({{ date_column }}) + 12 - {{ rule_value('financial_year_first_month') }}) % 12 / 3.0) as integer)
        + 1 as varchar
    )
{%- endmacro %}
