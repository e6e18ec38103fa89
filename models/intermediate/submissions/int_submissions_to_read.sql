{{
    config(
        enabled=keeps_records(),
        materialized='table',
        post_hook='{{ say_what_is_read() }}',
    )
}}
{#
    One row per submission whose rows must be read (again): new, accepted only now, with a file or a header that has
    changed since, or without a header, since a header may come. Versions number their submissions each for itself: one
    number in two versions names two. No unit test: what is kept is asked of the build file, which a unit test has none
    of; tests/python/test_new_month.py holds it by whole builds.
#}
with fingerprints as (

    select * from {{ ref('int_submission_fingerprints') }}

),

submission_files as (

    select * from {{ ref('int_submission_files') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

kept_submissions as (

    {{ kept_submissions() }}

),

find_unkept as (

    select
        fingerprints.mds_version,
        fingerprints.submission_id
    from fingerprints
    left join kept_submissions
        on
            fingerprints.mds_version = kept_submissions.mds_version
            and fingerprints.submission_id = kept_submissions.submission_id
    where kept_submissions.submission_id is null
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

select * from find_unkept
