{#
    Views are replaced by one statement, where the adapter's own way takes a transaction, a view of another name and a
    rename. The project has more than a hundred: measured on 5,000 referrals, 12.0 instead of 13.3 seconds for the core.
#}
{% materialization view, adapter='duckdb' %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {%- if existing_relation is not none and not existing_relation.is_view %}
        {%- do adapter.drop_relation(existing_relation) %}
    {%- endif %}
    {% call statement('main', auto_begin=False) -%}
        create or replace view {{ target_relation }} as (
            {{ sql }}
        )
    {%- endcall %}
    {%- do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
