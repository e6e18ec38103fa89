{# What dbt-spark does, on statements turned into Spark's dialect (iapt_equity.spark.dialect). #}
{% macro iaptspark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {{ spark__create_table_as(temporary, relation, adapter.translate(compiled_code), language) }}
{%- endmacro %}

{% macro iaptspark__create_view_as(relation, sql) -%}
    {{ spark__create_view_as(relation, adapter.translate(sql)) }}
{%- endmacro %}

{% macro iaptspark__get_empty_schema_sql(columns) -%}
    {{ return(adapter.translate(default__get_empty_schema_sql(columns))) }}
{%- endmacro %}

{% macro iaptspark__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {{ default__get_test_sql(adapter.translate(main_sql), fail_calc, warn_if, error_if, limit) }}
{%- endmacro %}

{# A seed is made in one step by the adapter: dbt-spark writes an empty value as the word None. #}
{% macro iaptspark__create_csv_table(model, agate_table) -%}
    {%- set file = model['root_path'] ~ '/' ~ model['original_file_path'] -%}
    {%- do adapter.make_seed(this, file, agate_table, model['config'].get('column_types', {})) -%}
    {{ return('') }}
{%- endmacro %}

{% macro iaptspark__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {{ return(create_csv_table(model, agate_table)) }}
{%- endmacro %}

{% macro iaptspark__load_csv_rows(model, agate_table) -%}
    {{ return('select 1') }}
{%- endmacro %}

{# Every view is a table: Spark would plan and work out views upon views anew for each table that reads them. #}
{% materialization view, adapter='iaptspark' %}
    {{ return(materialization_table_spark()) }}
{% endmaterialization %}

{# Spark's Parquet tables know no constraints: what one would refuse is looked for in the table. #}
{% macro iaptspark__persist_constraints(relation, model) -%}
    {%- set found = adapter.find_breaches(relation, model) -%}
    {%- if found -%}
        {{ exceptions.raise_compiler_error(relation ~ ': ' ~ found | join('; ')) }}
    {%- endif -%}
{%- endmacro %}
