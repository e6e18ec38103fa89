{#
    Before a run: keys are hashes of the engine's own, so of the models with keys that Spark has hashed all are built
    anew, or none is. `iapt-equity from-spark` says in a table's comment that its keys are Spark's.
#}
{% macro check_one_engine() %}
    {% if execute and flags.WHICH in ['build', 'run', 'retry'] and has_warehouse_file() %}
        {% set hashed_by_spark = run_query(
            "select schema_name || '.' || table_name as name from duckdb_tables() "
            ~ "where comment = 'keys hashed by Spark'"
        ).rows | map(attribute='name') | list %}
        {% set chosen = [] %}
        {% set others = [] %}
        {% set models = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') %}
        {% for node in models if node.schema ~ '.' ~ node.alias in hashed_by_spark %}
            {% do (chosen if node.unique_id in selected_resources else others).append(node.unique_id) %}
        {% endfor %}
        {% if chosen and others %}
            {{ exceptions.raise_compiler_error(
                target.path ~ ' holds keys that Spark has hashed, which DuckDB hashes otherwise: type `dbt build` to '
                ~ 'build all tables with keys anew, or choose none of them, as `dbt build --selector statistics` does'
            ) }}
        {% endif %}
    {% endif %}
{% endmacro %}
