{#
    Copies the tables for readers to the warehouse file, unless a node failed: what readers saw before stays then.
    Tables are those of the project's models, so that a model that is gone leaves the warehouse too.
#}
{% macro publish_warehouse(results) %}
    {% if execute and target.path != ':memory:' %}
        {% set built = results | selectattr('node.resource_type', 'in', ['model']) | list %}
        {% set failed = results | selectattr('status', 'in', ['error', 'fail', 'skipped', 'partial success']) | list %}
        {% if failed %}
            {{ log('Not published: ' ~ failed | length ~ ' nodes failed or were skipped; readers keep the last good build.', info=true) }}
        {% elif built %}
            {% set tables = [] %}
            {% for node in graph.nodes.values() if node.resource_type == 'model' and node.schema in var('published_schemas') %}
                {% do tables.append(node.schema ~ '.' ~ node.alias) %}
            {% endfor %}
            {% set said = run_query("select publish_warehouse('" ~ tables | join(',') ~ "')").columns[0].values()[0] %}
            {{ log(said, info=true) }}
            {% if said.startswith('NOT PUBLISHED') %}
                {{ exceptions.raise_compiler_error(said) }}
            {% endif %}
        {% endif %}
    {% endif %}
{% endmacro %}
