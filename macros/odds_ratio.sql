{# The odds ratio of a log odds ratio (column of a relation that has its estimator); of a linear model there is none. #}
{% macro odds_ratio(relation, column) -%}
    case when starts_with({{ relation }}.estimator, 'logistic') then exp({{ relation }}.{{ column }}) end
{%- endmacro %}
