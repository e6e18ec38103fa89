{# Copies the tables for readers to the warehouse file, unless a node failed: what readers saw before stays then. #}
{% macro publish_warehouse(results) %}
    {% if execute and target.path != ':memory:' %}
        {% set built = results | selectattr('node.resource_type', 'in', ['model']) | list %}
        {% set failed = results | selectattr('status', 'in', ['error', 'fail', 'skipped', 'partial success']) | list %}
        {% if failed %}
            {{ log('Not published: ' ~ failed | length ~ ' nodes failed or were skipped; readers keep the last good build.', info=true) }}
        {% elif built %}
            {% set rows = run_query("select publish_warehouse('" ~ var('published_schemas') | join(',') ~ "')") %}
            {{ log(rows.columns[0].values()[0], info=true) }}
        {% endif %}
    {% endif %}
{% endmacro %}
