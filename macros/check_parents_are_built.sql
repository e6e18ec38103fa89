{#
    Before a run: whether all that the selected nodes read is there or is built with them. Where it is not, one line says
    what to type, instead of an error for every node. Sources are the input check's to say.
#}
{% macro check_parents_are_built() %}
    {% if execute and flags.WHICH in ['build', 'run', 'test'] and has_warehouse_file() %}
        {% set nodes = dict(graph.nodes) %}
        {% do nodes.update(graph.get('unit_tests', {})) %}
        {% set there = run_query('select table_schema, table_name from information_schema.tables') %}
        {% set names = [] %}
        {% for row in there.rows %}{% do names.append(row[0] ~ '.' ~ row[1]) %}{% endfor %}
        {% set missing = [] %}
        {% for selected in selected_resources if selected in nodes %}
            {% for parent in nodes[selected].depends_on.nodes if parent in graph.nodes and parent not in selected_resources %}
                {% set node = graph.nodes[parent] %}
                {% if node.config.materialized != 'ephemeral' and node.schema ~ '.' ~ node.alias not in names %}
                    {% do missing.append(node) %}
                {% endif %}
            {% endfor %}
        {% endfor %}
        {% if missing %}
            {{ exceptions.raise_compiler_error(say_what_to_type(missing)) }}
        {% endif %}
    {% endif %}
{% endmacro %}

{# One line: what is missing, and the command that builds it. #}
{% macro say_what_to_type(missing) -%}
    {%- set names = missing | map(attribute='name') | unique | sort | list -%}
    {%- set are_seeds = missing | rejectattr('resource_type', 'equalto', 'seed') | list | length == 0 -%}
    {%- set all_seeds = graph.nodes.values() | selectattr('resource_type', 'equalto', 'seed') | list -%}
    {%- set of_publication = publication_models() | map(attribute='name') | list -%}
    {%- set command -%}
        {%- if names | reject('in', of_publication) | list | length == 0 -%}
            `dbt build --selector publication`
        {%- elif flags.WHICH == 'run' and are_seeds -%}
            `dbt build` in place of `dbt run` (or `dbt seed` once before it)
        {%- else -%}
            `dbt build`, or `dbt build --selector core` first where a part rests on it
        {%- endif -%}
    {%- endset -%}
    {{ return(
        names | length ~ ' tables that this run reads have not been built in ' ~ target.path ~ ' (' ~ names[:3] | join(', ')
        ~ (', ...' if names | length > 3 else '') ~ '): type ' ~ command
    ) }}
{%- endmacro %}
