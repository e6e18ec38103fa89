{{
    config(
        materialized='table',
        post_hook='{{ say_what_is_read() }}',
    )
}}
{#
    One row per submission whose rows must be read (again): new, accepted only now, with a file or a header that has
    changed since, or without a header, since a header may come. Versions number their submissions each for itself: one
    number in two versions names two.
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

recorded_submissions as (

    {{ recorded_submissions() }}

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
    where recorded_submissions.submission_id is null
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
