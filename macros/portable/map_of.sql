{# Of each group one map: from a key, which comes once in the group, to a value. #}
{% macro map_of(key, value) -%}
    {{ return(adapter.dispatch('map_of', 'iapt_equity')(key, value)) }}
{%- endmacro %}

{% macro default__map_of(key, value) -%}
    map_from_entries(collect_list(struct({{ key }}, {{ value }})))
{%- endmacro %}

{% macro duckdb__map_of(key, value) -%}
    map_from_entries(list(({{ key }}, {{ value }}) order by {{ key }}))
{%- endmacro %}
