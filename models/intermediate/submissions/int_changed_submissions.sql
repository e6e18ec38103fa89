{{ config(materialized='table') }}
{#
    One row per accepted submission whose records must be read (again): new, accepted only now, or with a file that has
    changed since. What was recorded last is the state that int_recorded_submissions left behind.
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

find_changed as (

    select fingerprints.submission_id
    from fingerprints
    left join recorded_submissions
        on fingerprints.submission_id = recorded_submissions.submission_id
    where fingerprints.fingerprint is distinct from recorded_submissions.fingerprint

)

select * from find_changed
