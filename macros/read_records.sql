{# How a model of checked rows is made: a table that grows by the submissions to read, where the engine can. #}
{% macro configure_records() -%}
    {%- if keeps_records() -%}
        {{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_records() }}') }}
    {%- else -%}
        {{ config(materialized='table') }}
    {%- endif -%}
{%- endmacro %}

{# What a model has been built as; nothing where it has not. #}
{% macro built_relation(name) -%}
    {%- set node = graph.nodes['model.iapt_equity.' ~ name] -%}
    {{ return(adapter.get_relation(node.database, node.schema, node.alias)) }}
{%- endmacro %}

{# Query for the submissions whose rows stand in every kept table as they are to be read. #}
{% macro kept_submissions() -%}
    {%- set list = built_relation('int_kept_submissions') if execute else none -%}
    select
        mds_version,
        submission_id
    from {{ list or "(select '' as mds_version, '' as submission_id where false)" }}
{%- endmacro %}

{#
    Of a model that grows: only rows of submissions that are not kept, from the files that hold them, named one by one
    so that no other is opened. What is superseded is never kept, and no file is opened for it. Of any other model:
    every row.
#}
{% macro only_to_read(rows) -%}
    {%- if keeps_records() and not execute -%}
        {#- dbt finds in the model what must be built before. -#}
        {%- do ref('int_submission_files') -%}
    {%- endif -%}
    {%- if keeps_records() and is_incremental() -%}
        {%- set files -%}
            select distinct source_file
            from {{ ref('int_submission_files') }}
            where
                (mds_version, submission_id) not in (
                    select (mds_version, submission_id) from ({{ kept_submissions() }})
                )
                and (mds_version, submission_id) not in (
                    select (mds_version, submission_id) from {{ ref('int_submissions') }} where not is_accepted
                )
        {%- endset -%}
        ({{ rows }}.mds_version, coalesce({{ rows }}.submission_id, '')) not in (
            select (mds_version, submission_id) from ({{ kept_submissions() }})
        )
        and {{ rows }}.source_file in {{ literal_list(files) }}
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

{# Of int_submission_files: files that are new, or not as they were, or of which nothing is kept. #}
{% macro changed_files() -%}
    {%- set files -%}
        select source_file from {{ ref('stg_input_files__fingerprints') }}
        {% if is_incremental() %}where (source_file, fingerprint) not in ({{ kept_files() }}){% endif %}
    {%- endset -%}
    {{ return(files) }}
{%- endmacro %}

{#
    Query, in int_submission_files, for the files of which what is noted stands: those with a submission that is kept.
    Of the others half may have been seen, by a build that was killed or while they were written.
#}
{% macro kept_files() -%}
    select (source_file, fingerprint)
    from {{ this }}
    where source_file in (
        select source_file from {{ this }}
        where (mds_version, submission_id) in (select (mds_version, submission_id) from ({{ kept_submissions() }}))
    )
{%- endmacro %}

{# Once it is known: how many submissions of how many are read; the others stand as an earlier build left them. #}
{% macro say_what_is_read() -%}
    {%- if execute -%}
        {%- set counted -%}
            select
                count(*) filter (where (mds_version, submission_id) in (
                    select (mds_version, submission_id) from {{ this }}
                )) as read_count,
                count(*) as used_count
            from {{ ref('int_submission_fingerprints') }}
        {%- endset -%}
        {%- set counts = run_query(counted).rows[0] -%}
        {%- set line -%}
            {%- if counts[0] == counts[1] -%}
                Reading all {{ '{:,}'.format(counts[1]) }} submissions.
            {%- else -%}
                Reading {{ '{:,}'.format(counts[0]) }} of {{ '{:,}'.format(counts[1]) }} submissions; the others are kept
                from the last build.
            {%- endif -%}
        {%- endset -%}
        {{ log(line.split() | join(' '), info=true) }}
    {%- endif -%}
{%- endmacro %}

{#
    Whether what this run has read is kept: not where a file was written meanwhile, nor by a run that does not make
    int_kept_submissions and everything before it. Such a one may have read rows by a seed or a view that is older than
    its text. The next whole run reads them again.
#}
{% macro keeps_what_is_read() -%}
    {%- if not execute or not makes_all_records() -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set files = run_query('select files_changed_meanwhile()').columns[0].values()[0].splitlines() -%}
    {%- for file in files -%}
        {{ log(file ~ ' was written while it was read: figures may rest on a part of it; build again.', info=true) }}
    {%- endfor -%}
    {{ return(files | length == 0) }}
{%- endmacro %}

{# Whether this run makes int_kept_submissions and everything before it. #}
{% macro makes_all_records() -%}
    {%- set before = ['model.iapt_equity.int_kept_submissions'] -%}
    {#- The list grows while it is walked. -#}
    {%- for key in before -%}
        {%- for parent in graph.nodes[key].depends_on.nodes if parent in graph.nodes and parent not in before -%}
            {%- do before.append(parent) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(before | reject('in', selected_resources) | list | length == 0) }}
{%- endmacro %}
