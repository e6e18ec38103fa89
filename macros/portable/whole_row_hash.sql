{# A 64-bit hash of all columns of a row of a table or subquery named so. #}
{% macro whole_row_hash(rows) -%}
    {{ return(adapter.dispatch('whole_row_hash', 'iapt_equity')(rows)) }}
{%- endmacro %}

{% macro default__whole_row_hash(rows) -%}
    xxhash64(to_json(struct({{ rows }}.*)))
{%- endmacro %}

{% macro duckdb__whole_row_hash(rows) -%}
    hash({{ rows }})
{%- endmacro %}
