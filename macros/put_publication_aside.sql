{#
    Before a run: drops the tables of the publication that what is selected would make old, those that are selected too,
    so that a run that is stopped or fails leaves none. Figures of an earlier build never stand beside newer marts, in the
    warehouse, the report, a release or a copy.
#}
{% macro put_publication_aside() %}
    {% if execute and flags.WHICH in ['build', 'run', 'seed', 'retry'] and has_warehouse_file() %}
        {% set there = run_query('select table_schema, table_name from information_schema.tables') %}
        {% set names = [] %}
        {% for row in there.rows %}{% do names.append(row[0] ~ '.' ~ row[1]) %}{% endfor %}
        {% set made = [] %}
        {% for node in publication_models() if node.schema ~ '.' ~ node.alias in names %}
            {% do made.append(node) %}
        {% endfor %}
        {% set changed = what_follows(selected_resources) if made else [] %}
        {% set old = [] %}
        {% for node in made if node.unique_id in changed %}
            {% do adapter.drop_relation(adapter.get_relation(node.database, node.schema, node.alias)) %}
            {% if node.unique_id not in selected_resources %}{% do old.append(node.name) %}{% endif %}
        {% endfor %}
        {% if old %}
            {{ log(
                'The publication is put aside: it is of an earlier build than what this one makes. To make it anew, when '
                ~ 'this build is done: dbt build --selector publication', info=true
            ) }}
        {% endif %}
    {% endif %}
{% endmacro %}

{# The models of the publication, with the steps towards it. #}
{% macro publication_models() %}
    {% set found = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and node.fqn[1] == 'publication' %}
        {% do found.append(node) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# What is named, and every model and seed that is made of it, however far on: each once, by its identifier. #}
{% macro what_follows(named) %}
    {% set changed = {} %}
    {% for key in named %}{% do changed.update({key: true}) %}{% endfor %}
    {% set models = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | list %}
    {% set steps = namespace(before=-1) %}
    {% for step in models if steps.before != changed | length %}
        {% set steps.before = changed | length %}
        {% for node in models if node.unique_id not in changed %}
            {% for parent in node.depends_on.nodes if parent in changed %}
                {% do changed.update({node.unique_id: true}) %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {{ return(changed) }}
{% endmacro %}
