{#
    Before a run: whether what is kept may be built upon. If not, one line says why, the list of kept submissions goes,
    then the kept tables that the run makes, which are then made whole. In this order, so that a run that is killed
    between leaves nothing that looks kept.
#}
{% macro forget_outdated_records() %}
    {% if execute and keeps_records() and has_warehouse_file() and flags.WHICH in ['build', 'run', 'retry'] %}
        {% set there, missing = [], [] %}
        {% for name in kept_models() if 'model.iapt_equity.' ~ name in selected_resources %}
            {% set relation = built_relation(name) %}
            {% if relation %}{% do there.append(relation) %}{% endif %}
            {% if not relation or not relation.is_table %}{% do missing.append(name) %}{% endif %}
        {% endfor %}
        {% set list = built_relation('int_kept_submissions') %}
        {% set reason = why_records_are_read_anew(list, missing) if there or missing else none %}
        {% if reason %}
            {% if there %}{{ log('All records are read anew: ' ~ reason ~ '.', info=true) }}{% endif %}
            {% for relation in [list] + there if relation %}{% do adapter.drop_relation(relation) %}{% endfor %}
            {% set rules, kept_rules = source('input_files', 'record_rules'), source('input_files', 'kept_rules') %}
            {% do run_query('create or replace table ' ~ kept_rules ~ ' as select * from ' ~ rules) %}
        {% endif %}
    {% endif %}
{% endmacro %}

{# Before new rows come in: all go but those of submissions that are kept as they were read. #}
{% macro forget_records() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where (mds_version, coalesce(submission_id, '')) not in (
            select (mds_version, submission_id) from ({{ kept_submissions() }})
        )
    {%- endif -%}
{%- endmacro %}

{#
    Before records are read: submissions whose files or headers are not as they were, or that are no longer used, are
    kept no more. Their rows go when a kept table is built, and never before this.
#}
{% macro forget_changed_submissions() -%}
    {%- set list = built_relation('int_kept_submissions') if execute and keeps_records() else none -%}
    {%- if list -%}
        delete from {{ list }}
        where
            (mds_version, submission_id, fingerprint) not in (
                select (mds_version, submission_id, fingerprint) from (
                    {{ submission_fingerprints(this, ref('int_submission_files')) }}
                )
            )
    {%- endif -%}
{%- endmacro %}

{# Before files are looked into: what is noted of those that are gone or are looked into again is forgotten. #}
{% macro forget_changed_files() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            (source_file, fingerprint) not in ({{ kept_files() }})
            or (source_file, fingerprint) not in (
                select (source_file, fingerprint) from {{ ref('stg_input_files__fingerprints') }}
            )
    {%- endif -%}
{%- endmacro %}
