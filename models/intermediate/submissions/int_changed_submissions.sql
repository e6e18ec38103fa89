{{ config(materialized='table') }}
{#
    One row per submission whose rows must be read (again): new, accepted only now, with a file that has changed since,
    or without a header, since a header may come. What was recorded last is the state that int_recorded_submissions left.
    Versions number their submissions each for itself: one number in two versions names two.
#}
{% set recorded = adapter.get_relation(this.database, this.schema, 'int_recorded_submissions') %}
{# A state from before the version was noted tells nothing: everything is read anew. #}
{% set is_usable = recorded and 'mds_version' in adapter.get_columns_in_relation(recorded) | map(attribute='name') %}
with fingerprints as (

    select * from {{ ref('int_submission_fingerprints') }}

),

recorded_submissions as (

    {% if is_usable %}
        select
            mds_version,
            submission_id,
            fingerprint
        from {{ recorded }}
    {% else %}
        select
            cast(null as varchar) as mds_version,
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

    select
        fingerprints.mds_version,
        fingerprints.submission_id
    from fingerprints
    left join recorded_submissions
        on
            fingerprints.mds_version = recorded_submissions.mds_version
            and fingerprints.submission_id = recorded_submissions.submission_id
    where fingerprints.fingerprint is distinct from recorded_submissions.fingerprint
    union
    select
        submission_files.mds_version,
        submission_files.submission_id
    from submission_files
    left join submissions
        on
            submission_files.mds_version = submissions.mds_version
            and submission_files.submission_id = submissions.submission_id
    where submissions.submission_id is null

)

select * from find_changed
