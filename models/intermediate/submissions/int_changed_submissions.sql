{{ config(materialized='table') }}
{#
    One row per submission whose rows must be read (again): new, accepted only now, with a file that has changed since,
    or without a header, since a header may come. What was recorded last is the state that int_recorded_submissions left.
#}
{% set recorded = adapter.get_relation(this.database, this.schema, 'int_recorded_submissions') %}
with fingerprints as (

    select * from {{ ref('int_submission_fingerprints') }}

),

recorded_submissions as (

    {% if recorded %}
        select
            submission_id,
            fingerprint
        from {{ recorded }}
    {% else %}
        select
            cast(null as varchar) as submission_id,
            cast(null as varchar) as fingerprint
        where false
    {% endif %}

),

submission_files as (

    select * from {{ ref('int_submission_files') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

find_changed as (

    select fingerprints.submission_id
    from fingerprints
    left join recorded_submissions
        on fingerprints.submission_id = recorded_submissions.submission_id
    where fingerprints.fingerprint is distinct from recorded_submissions.fingerprint
    union
    select submission_files.submission_id
    from submission_files
    left join submissions
        on submission_files.submission_id = submissions.submission_id
    where submissions.submission_id is null

)

select * from find_changed
