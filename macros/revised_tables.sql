{#
    Tables whose figures are remembered from release to release: the rates by year that boards and reports quote. What
    else there is of the same referrals (months, waits, presentation) moves with them, and would be ten times the rows.
#}
{% macro revised_tables() -%}
    {{ return(['access_rates', 'outcome_rates']) }}
{%- endmacro %}

{# The columns that name a figure of these tables. #}
{% macro revised_keys() -%}
    {{ return(['financial_year', 'area_level', 'area_code', 'ethnic_classification', 'ethnic_group', 'measure']) }}
{%- endmacro %}
