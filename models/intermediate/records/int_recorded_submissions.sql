{{ config(materialized='incremental', incremental_strategy='append') }}
{#
    One row per submission whose rows stand in every kept table as they are to be read, with the fingerprint that they
    were read under. Built after all of them, so that a build that breaks off before reads again; before them, what has
    changed is taken out (macros/keep_records.sql).
#}
-- depends_on: {{ ref('int_changed_submissions') }}
{% for entity in kept_entities() %}
-- depends_on: {{ ref('int_checked_' ~ entity) }}
{% endfor %}
with fingerprints as (

    select * from {{ ref('int_submission_fingerprints') }}

),

add_submissions as (

    select * from fingerprints
    where
        {{ reads_all_records() | lower }}
        and (mds_version, submission_id) not in (
            select (recorded.mds_version, recorded.submission_id) from ({{ recorded_submissions() }}) as recorded
        )

)

select * from add_submissions
