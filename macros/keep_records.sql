{# Whether the checked records are kept from build to build (README) or read anew each time. #}
{% macro keeps_records() -%}
    {{ return(env_var('IAPT_EQUITY_KEEP_RECORDS', '') == '1') }}
{%- endmacro %}

{# How a model of the records layer is made: a kept table that grows by changed submissions, or as otherwise said. #}
{% macro configure_records(otherwise) -%}
    {%- if keeps_records() -%}
        {{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_records() }}') }}
    {%- else -%}
        {{ config(materialized=otherwise) }}
    {%- endif -%}
{%- endmacro %}

{# Before new records come in: those that are no longer accepted go, and those that are read again. #}
{% macro forget_records() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            submission_id not in (select submission_id from {{ ref('int_accepted_submissions') }})
            or submission_id in (select submission_id from {{ ref('int_changed_submissions') }})
    {%- endif -%}
{%- endmacro %}

{# Of a model that grows: only rows of submissions that have changed, from the files that hold them. #}
{% macro only_changed() -%}
    {%- if keeps_records() -%}
        {%- set changed = ref('int_changed_submissions') -%}
        {%- set files = ref('int_submission_files') -%}
        {%- if is_incremental() -%}
            and staged.submission_id in (select submission_id from {{ changed }})
            and staged.source_file in {{ literal_list(
                'select distinct source_file from ' ~ files ~ ' where submission_id in (select submission_id from '
                ~ changed ~ ')'
            ) }}
        {%- endif -%}
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

{# The entities whose records can be kept; a test proves that the list is whole. #}
{% macro kept_entities() -%}
    {{ return([
        'people', 'employment_statuses', 'referrals', 'care_contacts', 'care_activities', 'activity_scores',
        'referral_scores', 'internet_therapy_logs', 'long_term_conditions', 'presenting_complaints',
    ]) }}
{%- endmacro %}
