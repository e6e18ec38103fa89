{#
    The values of one column of a query as a list of SQL literals, in their order, with an empty one so that the list is
    never empty. Files named one by one let DuckDB open no other; codes so named need no join.
#}
{% macro literal_list(query) -%}
    {#- What is only compiled (docs, too) may have no table yet. -#}
    {%- set is_asked = execute and target.name != 'lint' and flags.WHICH not in ['compile', 'generate'] -%}
    {%- set found = run_query('select * from (' ~ query ~ ') order by 1') if is_asked else none -%}
    {%- set values = found.columns[0].values() | list if found is not none else [] -%}
    ('' {%- for value in values %}, '{{ value | string | replace("'", "''") }}'{% endfor -%})
{%- endmacro %}
