{# The entities of the data set whose rows are checked, one model each: int_checked_<entity>. A test holds the list. #}
{% macro checked_entities() -%}
    {{ return([
        'people', 'employment_statuses', 'disabilities', 'referrals', 'waiting_time_pauses', 'care_contacts',
        'care_activities', 'internet_therapy_logs', 'long_term_conditions', 'presenting_complaints', 'referral_scores',
        'activity_scores',
    ]) }}
{%- endmacro %}

{# Those whose checked rows are kept from build to build: all that a mart uses. The others are always views. #}
{% macro kept_entities() -%}
    {{ return(checked_entities() | reject('in', ['disabilities', 'waiting_time_pauses']) | list) }}
{%- endmacro %}

{# Those whose shares of refused rows can be alarms (int_refusal_counts), which are said in every build of the core. #}
{% macro counted_entities() -%}
    {{ return([
        'people', 'referrals', 'care_contacts', 'care_activities', 'internet_therapy_logs', 'referral_scores',
        'activity_scores',
    ]) }}
{%- endmacro %}

{# The models that stay from build to build and grow by what has changed. #}
{% macro kept_models() -%}
    {%- set names = ['int_submission_files'] -%}
    {%- for entity in kept_entities() -%}{%- do names.append('int_checked_' ~ entity) -%}{%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{#
    Before a run: whether what is kept may be built upon. If not, one line says why, the list of what is recorded goes,
    then the kept tables that the run makes, which are then made whole. In this order, so that a run that is killed
    between leaves nothing that looks recorded.
#}
{% macro forget_outdated_records() %}
    {% if execute and keeps_records() and flags.WHICH in ['build', 'run', 'retry'] and target.path != ':memory:' %}
        {% set there, missing = [], [] %}
        {% for name in kept_models() if 'model.iapt_equity.' ~ name in selected_resources %}
            {% set relation = built_relation(name) %}
            {% if relation %}{% do there.append(relation) %}{% endif %}
            {% if not relation or not relation.is_table %}{% do missing.append(name) %}{% endif %}
        {% endfor %}
        {% set recorded = built_relation('int_recorded_submissions') %}
        {% set reason = why_records_are_read_anew(recorded, missing) if there or missing else none %}
        {% if reason %}
            {% if there %}{{ log('All records are read anew: ' ~ reason ~ '.', info=true) }}{% endif %}
            {% for relation in [recorded] + there if relation %}{% do adapter.drop_relation(relation) %}{% endfor %}
            {% do run_query('create or replace table raw.kept_rules as select * from raw.record_rules') %}
        {% endif %}
    {% endif %}
{% endmacro %}

{# What a model has been built as; nothing where it has not. #}
{% macro built_relation(name) -%}
    {%- set node = graph.nodes['model.iapt_equity.' ~ name] -%}
    {{ return(adapter.get_relation(node.database, node.schema, node.alias)) }}
{%- endmacro %}

{# Why kept tables cannot grow, of which some may be missing; nothing where they can. #}
{% macro why_records_are_read_anew(recorded, missing) -%}
    {%- set changed = run_query(
        'select part from raw.record_rules full join raw.kept_rules using (part) '
        ~ 'where record_rules.fingerprint is distinct from kept_rules.fingerprint order by part'
    ).columns[0].values() | list -%}
    {%- if flags.FULL_REFRESH -%}
        {{ return('--full-refresh') }}
    {%- elif not recorded or not run_query('select 1 from ' ~ recorded ~ ' limit 1').rows -%}
        {{ return('no build before this one has read all of them') }}
    {%- elif changed -%}
        {{ return(changed[:3] | join(', ') ~ (' and more' if changed | length > 3 else '') ~ ' changed since') }}
    {%- elif missing -%}
        {{ return(missing[0] ~ ' is not there') }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}

{# How a model of checked rows is made: a table that grows by changed submissions, where the engine can. #}
{% macro configure_records() -%}
    {%- if keeps_records() -%}
        {{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_records() }}') }}
    {%- else -%}
        {{ config(materialized='table') }}
    {%- endif -%}
{%- endmacro %}

{# Before new rows come in: all go but those of submissions that are recorded as read and as they were. #}
{% macro forget_records() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where (mds_version, coalesce(submission_id, '')) not in (
            select (mds_version, submission_id) from ({{ recorded_submissions() }})
        )
    {%- endif -%}
{%- endmacro %}

{# Query for the submissions whose rows stand in every kept table as they are to be read. #}
{% macro recorded_submissions() -%}
    {%- set recorded = built_relation('int_recorded_submissions') if execute else none -%}
    select
        mds_version,
        submission_id
    from {{ recorded or "(select '' as mds_version, '' as submission_id where false)" }}
{%- endmacro %}

{#
    Of a model that grows: only rows of submissions that are not recorded, from the files that hold them, named one by
    one so that no other is opened. What is superseded is never recorded, and no file is opened for it. Of any other
    model: every row.
#}
{% macro only_changed(rows) -%}
    {%- if keeps_records() and not execute -%}
        {#- dbt finds in the model what must be built before. -#}
        {%- do ref('int_submission_files') -%}
    {%- endif -%}
    {%- if keeps_records() and is_incremental() -%}
        ({{ rows }}.mds_version, coalesce({{ rows }}.submission_id, '')) not in (
            select (mds_version, submission_id) from ({{ recorded_submissions() }})
        )
        and {{ rows }}.source_file in {{ literal_list(
            'select distinct source_file from ' ~ ref('int_submission_files')
            ~ ' where (mds_version, submission_id) not in (select (mds_version, submission_id) from ('
            ~ recorded_submissions() ~ '))'
            ~ ' and (mds_version, submission_id) not in (select (mds_version, submission_id) from '
            ~ ref('int_submissions') ~ ' where not is_accepted)'
        ) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{#
    Query for a fingerprint of each accepted submission. A model and a hook ask the same: as a model of its own before
    the checked rows it would make the way to every table longer.
#}
{% macro submission_fingerprints(submissions, files) -%}
    select
        submissions.mds_version,
        submissions.submission_id,
        md5(concat_ws(
            ',',
            submissions.provider_code,
            submissions.reporting_month,
            coalesce(cast(submissions.latest_audit_ids as varchar), ''),
            string_agg(
                submission_files.source_file || ' ' || submission_files.fingerprint, ','
                order by submission_files.source_file
            )
        )) as fingerprint
    from {{ files }} as submission_files
    inner join {{ submissions }} as submissions
        on
            submission_files.mds_version = submissions.mds_version
            and submission_files.submission_id = submissions.submission_id
    where submissions.is_accepted
    group by
        submissions.mds_version,
        submissions.submission_id,
        submissions.provider_code,
        submissions.reporting_month,
        submissions.latest_audit_ids
{%- endmacro %}

{#
    Before records are read: submissions whose files or headers are not as they were, or that are no longer used, are
    recorded no more. Their rows go when a kept table is built, and never before this.
#}
{% macro forget_changed_submissions() -%}
    {%- set recorded = built_relation('int_recorded_submissions') if execute and keeps_records() else none -%}
    {%- if recorded -%}
        delete from {{ recorded }}
        where
            (mds_version, submission_id, fingerprint) not in (
                select (mds_version, submission_id, fingerprint) from (
                    {{ submission_fingerprints(this, ref('int_submission_files')) }}
                )
            )
    {%- endif -%}
{%- endmacro %}

{# Once it is known: how many submissions of how many are read; the others stand as an earlier build left them. #}
{% macro say_what_is_read() -%}
    {%- if execute -%}
        {%- set used = ref('int_submission_fingerprints') -%}
        {%- set read_count = run_query(
            'select count(*) from ' ~ used
            ~ ' where (mds_version, submission_id) in (select (mds_version, submission_id) from ' ~ this ~ ')'
        ).columns[0].values()[0] -%}
        {%- set used_count = run_query('select count(*) from ' ~ used).columns[0].values()[0] -%}
        {{ log('Records are read of ' ~ read_count ~ ' of ' ~ used_count ~ ' submissions.', info=true) }}
    {%- endif -%}
{%- endmacro %}

{#
    Whether this run makes int_recorded_submissions and everything before it. A run of a part may have read rows by a
    seed or a view that is older than its text, so what it reads is not recorded, and read again by the next whole one.
#}
{% macro reads_all_records() -%}
    {%- set root = 'model.iapt_equity.int_recorded_submissions' -%}
    {%- set before = [root] -%}
    {%- if execute -%}
        {#- The list grows while it is walked. -#}
        {%- for key in before -%}
            {%- for parent in graph.nodes[key].depends_on.nodes if parent in graph.nodes and parent not in before -%}
                {%- do before.append(parent) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(before | reject('in', selected_resources) | list | length == 0) }}
{%- endmacro %}

{# Of int_submission_files: files that are new, or not as they were. #}
{% macro changed_files() -%}
    {%- set files -%}
        select source_file from {{ ref('stg_input_files__fingerprints') }}
        {% if is_incremental() %}
            where (source_file, fingerprint) not in (select (source_file, fingerprint) from {{ this }})
        {% endif %}
    {%- endset -%}
    {{ return(files) }}
{%- endmacro %}

{# Before: what is noted of files that are gone or have changed is forgotten. #}
{% macro forget_changed_files() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            (source_file, fingerprint) not in (
                select (source_file, fingerprint) from {{ ref('stg_input_files__fingerprints') }}
            )
    {%- endif -%}
{%- endmacro %}
