{#
    One row per row of a header table: the submission, and why the marts use it or not.
    Source of the rule: docs/rules.md, 1; a truncated file gives way to a whole one.
#}
with headers as (

    select * from {{ ref('int_submission_headers') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

used as (

    select * from {{ ref('int_submissions') }}
    where is_accepted

),

describe_submissions as (

    select
        headers.mds_version,
        headers.submission_id,
        headers.provider_code,
        headers.reporting_month,
        headers.submission_window,
        headers.created_at,
        headers.source_file,
        headers.source_row,
        case
            when headers.refusal = 'submission_id_repeated' then 'header_repeated'
            when headers.refusal is not null then 'header_unreadable'
            when submissions.is_accepted then 'used'
            when submissions.is_truncated and not used.is_truncated and headers.submission_window = 'refresh'
                then 'truncated_refresh'
            when submissions.is_truncated and not used.is_truncated then 'truncated_primary'
            when headers.submission_window <> 'refresh' and used.submission_window = 'refresh'
                then 'superseded_by_refresh'
            else 'superseded_by_later_file'
        end as submission_status,
        submissions.row_count,
        headers.stated_row_count,
        coalesce(submissions.is_truncated, false) as is_truncated,
        coalesce(submissions.has_equal_rival, false) as has_equal_rival
    from headers
    left join submissions
        on
            headers.mds_version = submissions.mds_version
            and headers.source_file = submissions.source_file
            and headers.source_row = submissions.source_row
    left join used
        on
            headers.provider_code = used.provider_code
            and headers.reporting_month = used.reporting_month

)

select * from describe_submissions
