{#
    One row per accepted submission: a fingerprint of all files with rows of it, by name and content, and of what is
    known of it beside them that its records carry or are chosen by: provider, month and the loads that count.
#}
with submission_files as (

    select * from {{ ref('int_submission_files') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}
    where is_accepted

),

combine_fingerprints as (

    select
        submissions.mds_version,
        submissions.submission_id,
        md5(concat_ws(
            ',',
            submissions.provider_code,
            submissions.reporting_month,
            coalesce(cast(submissions.latest_audit_ids as varchar), ''),
            string_agg(
                submission_files.source_file || ' ' || submission_files.fingerprint, ','
                order by submission_files.source_file
            )
        )) as fingerprint
    from submission_files
    inner join submissions
        on
            submission_files.mds_version = submissions.mds_version
            and submission_files.submission_id = submissions.submission_id
    group by
        submissions.mds_version,
        submissions.submission_id,
        submissions.provider_code,
        submissions.reporting_month,
        submissions.latest_audit_ids

)

select * from combine_fingerprints
