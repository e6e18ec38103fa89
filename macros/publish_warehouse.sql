{#
    Copies the tables for readers to the warehouse file, unless a node failed or an alarm on the input is critical: what
    readers saw before stays then. Tables are those of the project's models, so that a model that is gone leaves the
    warehouse too. Says what the build has done, whichever part was built (iapt_equity.summary).
#}
{% macro publish_warehouse(results) %}
    {% if execute and has_warehouse_file() %}
        {% set built = results | selectattr('node.resource_type', 'in', ['model']) | list %}
        {% set failed = results | selectattr('status', 'in', ['error', 'fail', 'skipped', 'partial success']) | list %}
        {% set refusal = none %}
        {% set copy_refusal = none %}
        {% if failed %}
            {{ log('Not published: ' ~ failed | length ~ ' nodes failed or were skipped; readers keep the last good build.', info=true) }}
            {{ explain_failures(failed) }}
        {% elif built %}
            {% set refusal = copy_for_readers() %}
            {% if not refusal %}
                {% set copy_refusal = copy_for_analysts() %}
            {% endif %}
        {% endif %}
        {% if built %}
            {{ say_summary(results, built, failed, refusal) }}
        {% endif %}
        {% if refusal or copy_refusal %}
            {{ exceptions.raise_compiler_error(refusal or copy_refusal) }}
        {% endif %}
    {% endif %}
{% endmacro %}

{# Copies, and says how many tables; gives the line that says why where nothing was copied. #}
{% macro copy_for_readers() %}
    {% set alarms = run_query('select critical_input_alarms()').columns[0].values()[0] %}
    {% if alarms %}
        {{ return(
            'NOT PUBLISHED: too many rows are refused or have no parent; readers keep the last good build. '
            ~ alarms.splitlines()[0] ~ '; all in quality.input_alarms and quality.kept_row_alarms of ' ~ target.path
        ) }}
    {% endif %}
    {% set tables = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and node.schema in var('published_schemas') %}
        {% do tables.append(node.schema ~ '.' ~ node.alias) %}
    {% endfor %}
    {% set said = run_query("select publish_warehouse('" ~ tables | join(',') ~ "')").columns[0].values()[0] %}
    {{ log(said, info=true) }}
    {{ return(said if said.startswith('NOT PUBLISHED') else none) }}
{% endmacro %}

{# Writes the Parquet folder beside the warehouse file, where it is wanted, and says so; gives the line that says why not. #}
{% macro copy_for_analysts() %}
    {% set said = run_query('select copy_for_analysts()').columns[0].values()[0] %}
    {% if said %}{{ log(said, info=true) }}{% endif %}
    {{ return(said if said.startswith('NOT COPIED') else none) }}
{% endmacro %}

{# What the system refused, such as a full disk, in one line beside the errors of the nodes. #}
{% macro explain_failures(failed) %}
    {% set messages = failed | selectattr('status', 'equalto', 'error') | map(attribute='message') | select | list %}
    {% if messages %}
        {% set text = messages | join(' ') | replace("'", "''") %}
        {% set said = run_query("select explain_failure('" ~ text ~ "')").columns[0].values()[0] %}
        {% if said %}{{ log('What to do: ' ~ said, info=true) }}{% endif %}
    {% endif %}
{% endmacro %}

{# What the build has done, on a few lines: facts from its tables, and of each test that warned what its file says. #}
{% macro say_summary(results, built, failed, refusal) %}
    {% set tables = [] %}
    {% for result in built if result.status == 'success' %}
        {% do tables.append(result.node.schema ~ '.' ~ result.node.alias) %}
    {% endfor %}
    {% set warned = [] %}
    {% for result in results if result.status == 'warn' %}
        {% set meta = result.node.config.meta %}
        {% do warned.append({
            'name': result.node.name, 'count': result.failures, 'means': meta.get('means', ''),
            'look': meta.get('look', ''), 'in_demo': meta.get('in_demo', ''),
        }) %}
    {% endfor %}
    {% set facts = {
        'tables': tables, 'warned': warned, 'failure_count': failed | length,
        'is_published': not failed and not refusal,
    } %}
    {% set said = run_query(
        "select summarise_build('" ~ tojson(facts) | replace("'", "''") ~ "')"
    ).columns[0].values()[0] %}
    {{ log('', info=true) }}
    {% for line in said.splitlines() %}{{ log(line, info=true) }}{% endfor %}
{% endmacro %}
