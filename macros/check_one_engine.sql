{#
    Before a run: keys are hashes of the engine's own, so models of which Spark made the tables are all built anew, or
    none of them is. `iapt-equity from-spark` says in a table's comment that Spark made it.
#}
{% macro check_one_engine() %}
    {% if execute and flags.WHICH in ['build', 'run', 'retry'] and has_warehouse_file() %}
        {% set made_by_spark = run_query(
            "select schema_name || '.' || table_name as name from duckdb_tables() where comment = 'made by Spark'"
        ).rows | map(attribute='name') | list %}
        {% set chosen = [] %}
        {% set others = [] %}
        {% set models = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') %}
        {% for node in models if node.schema ~ '.' ~ node.alias in made_by_spark %}
            {% do (chosen if node.unique_id in selected_resources else others).append(node.unique_id) %}
        {% endfor %}
        {% if chosen and others %}
            {{ exceptions.raise_compiler_error(
                target.path ~ ' holds tables that Spark made, and DuckDB hashes keys otherwise: type `dbt build` to '
                ~ 'build all of them anew, or choose none of them, as `dbt build --selector statistics` does'
            ) }}
        {% endif %}
    {% endif %}
{% endmacro %}
