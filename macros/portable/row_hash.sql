{#
    A 64-bit hash of several columns, for keys of rows; nulls count as values. Identifiers in text, which can be long, go
    through text_hash first or are hashed by it.
#}
{% macro row_hash() -%}
    {{ return(adapter.dispatch('row_hash', 'iapt_equity')(*varargs)) }}
{%- endmacro %}

{% macro default__row_hash() -%}
    xxhash64({{ varargs | join(', ') }})
{%- endmacro %}

{% macro duckdb__row_hash() -%}
    hash({{ varargs | join(', ') }})
{%- endmacro %}
