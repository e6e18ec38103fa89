{#
    One row per submission that came, was corrected, was replaced or was withdrawn since the last release. One that is
    used no more was replaced where another of its provider and month is used now, else withdrawn; one that is used still
    was corrected where what is read of it has changed.
#}
with last_submissions as (

    select * from {{ ref('stg_last_release__used_submissions') }}

),

submissions as (

    select * from {{ ref('used_submissions') }}

),

list_used_months as (

    select distinct
        provider_code,
        reporting_month
    from submissions

),

list_changes as (

    select
        submissions.mds_version,
        submissions.submission_id,
        submissions.provider_code,
        submissions.reporting_month,
        case when last_submissions.submission_id is null then 'came' else 'corrected' end as change_kind
    from submissions
    left join last_submissions
        on
            submissions.mds_version = last_submissions.mds_version
            and submissions.submission_id = last_submissions.submission_id
    where submissions.content_hash is distinct from last_submissions.content_hash
    union all
    select
        last_submissions.mds_version,
        last_submissions.submission_id,
        last_submissions.provider_code,
        last_submissions.reporting_month,
        case when list_used_months.provider_code is null then 'withdrawn' else 'replaced' end as change_kind
    from last_submissions
    left join submissions
        on
            last_submissions.mds_version = submissions.mds_version
            and last_submissions.submission_id = submissions.submission_id
    left join list_used_months
        on
            last_submissions.provider_code = list_used_months.provider_code
            and last_submissions.reporting_month = list_used_months.reporting_month
    where submissions.submission_id is null

)

select * from list_changes
