{# The number behind a rule, from the seed clinical_rules. The calling model refers to the seed for its lineage. #}
{% macro rule_value(rule) -%}
    (select rules.rule_value from {{ ref('clinical_rules') }} as rules where rules.rule = '{{ rule }}')
{%- endmacro %}
