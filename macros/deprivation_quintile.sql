{# The fifth of deprivation of a decile, two of which make one; 1 is the most deprived. Null where the decile is. #}
{% macro deprivation_quintile(decile) -%}
    cast(cast(ceil({{ decile }} / 2.0) as integer) as varchar)
{%- endmacro %}
