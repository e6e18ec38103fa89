{# One row per accepted submission: a fingerprint of all files with rows of it, and of the rules. #}
with submission_files as (

    select * from {{ ref('int_submission_files') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

combine_fingerprints as (

    select
        submission_files.mds_version,
        submission_files.submission_id,
        md5(string_agg(submission_files.fingerprint, ',' order by submission_files.source_file)) as fingerprint
    from submission_files
    inner join accepted_submissions
        on
            submission_files.mds_version = accepted_submissions.mds_version
            and submission_files.submission_id = accepted_submissions.submission_id
    group by submission_files.mds_version, submission_files.submission_id

)

select * from combine_fingerprints
