{#
    Tables are replaced in one transaction: the old one goes, and the new one is made under its own name. The adapter's
    own way makes it under another name, renames both and drops the old one after that, and asks each time for indexes
    and foreign keys, which this project does not have. A model in Python writes through a connection of its own, which
    does not see what is not committed: there the old table goes before.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set language = model['language'] -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing_relation is not none %}
        {% call statement('drop_existing', auto_begin=(language == 'sql')) -%}
            drop {{ existing_relation.type }} if exists {{ existing_relation }}
        {%- endcall %}
    {%- endif %}
    {% call statement('main', language=language) -%}
        {{- create_table_as(False, target_relation, compiled_code, language) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
