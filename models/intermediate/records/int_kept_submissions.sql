{{ config(materialized='incremental', incremental_strategy='append', enabled=keeps_records()) }}
{#
    One row per submission whose rows stand in every kept table as they are to be read, with the fingerprint that they
    were read under. Built after all of them, so that a build that breaks off before reads again; before them, what has
    changed is taken out (macros/forget_records.sql). No unit test: which of them stand is asked of the build file, which
    a unit test has none of; tests/python/test_new_month.py holds it by whole builds.
#}
-- depends_on: {{ ref('int_submissions_to_read') }}
{% for entity in kept_entities() %}
-- depends_on: {{ ref('int_checked_' ~ entity) }}
{% endfor %}
with fingerprints as (

    select * from {{ ref('int_submission_fingerprints') }}

),

add_submissions as (

    select * from fingerprints
    where
        {{ keeps_what_is_read() | lower }}
        and (mds_version, submission_id) not in (
            select (kept.mds_version, kept.submission_id) from ({{ kept_submissions() }}) as kept
        )

)

select * from add_submissions
