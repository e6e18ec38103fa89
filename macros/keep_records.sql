{# The entities of the data set whose rows are checked, one model each: int_checked_<entity>. A test holds the list. #}
{% macro checked_entities() -%}
    {{ return([
        'people', 'employment_statuses', 'disabilities', 'referrals', 'waiting_time_pauses', 'care_contacts',
        'care_activities', 'internet_therapy_logs', 'long_term_conditions', 'presenting_complaints', 'referral_scores',
        'activity_scores',
    ]) }}
{%- endmacro %}

{# Those whose checked rows can be kept from build to build: all that a mart uses. The others are always views. #}
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

{# Whether checked rows are kept from build to build (README) or read anew each time. #}
{% macro keeps_records() -%}
    {{ return(env_var('IAPT_EQUITY_KEEP_RECORDS', '') == '1') }}
{%- endmacro %}

{# How a model of checked rows is made: a table, or, where rows are kept, one that grows by changed submissions. #}
{% macro configure_records() -%}
    {%- if keeps_records() -%}
        {{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_records() }}') }}
    {%- else -%}
        {{ config(materialized='table') }}
    {%- endif -%}
{%- endmacro %}

{# Before new rows come in: those of submissions that are no longer used go, and those that are read again. #}
{% macro forget_records() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            (mds_version, coalesce(submission_id, '')) not in (
                select (mds_version, submission_id) from {{ ref('int_accepted_submissions') }}
            )
            or (mds_version, submission_id) in (
                select (mds_version, submission_id) from {{ ref('int_changed_submissions') }}
            )
    {%- endif -%}
{%- endmacro %}

{#
    Of a model that grows: only rows of submissions that have changed, from the files that hold them, named one by one so
    that no other is opened. Of any other: every row.
#}
{% macro only_changed(rows) -%}
    {%- if keeps_records() and not execute -%}
        {#- The hook asks for accepted submissions, and dbt finds in the model what it must build before. -#}
        {%- do [ref('int_accepted_submissions'), ref('int_changed_submissions'), ref('int_submission_files')] -%}
    {%- endif -%}
    {%- if keeps_records() and is_incremental() -%}
        {%- set changed = ref('int_changed_submissions') -%}
        ({{ rows }}.mds_version, coalesce({{ rows }}.submission_id, '')) in (
            select (mds_version, submission_id) from {{ changed }}
        )
        and {{ rows }}.source_file in {{ literal_list(
            'select distinct source_file from ' ~ ref('int_submission_files')
            ~ ' where (mds_version, submission_id) in (select (mds_version, submission_id) from ' ~ changed ~ ')'
        ) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# Of int_submission_files: files that are new, or not as they were. #}
{% macro changed_files() -%}
    {%- set files -%}
        select source_file from {{ source('file_states', 'file_fingerprints') }}
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
                select (source_file, fingerprint) from {{ source('file_states', 'file_fingerprints') }}
            )
    {%- endif -%}
{%- endmacro %}
