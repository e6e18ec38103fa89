{{ configure_records() }}
{#
    One row per row with a presenting complaint of a referral, in a submission that is used or has no header: what it
    says, and the rule that refuses it, if any. Source of the rules: seed validation_rules; the first that applies decides.
#}
with presenting_complaints_v1_5 as (

    select * from {{ ref('stg_v1_5__presenting_complaints') }}

),

presenting_complaints_v2 as (

    select * from {{ ref('stg_v2__presenting_complaints') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

unite_versions as (

    select * from presenting_complaints_v1_5
    union all
    select * from presenting_complaints_v2

),

find_submissions as (

    select
        unite_versions.mds_version,
        unite_versions.submission_id,
        submissions.submission_id is null as is_without_header,
        submissions.provider_code,
        submissions.reporting_month,
        {{ service_request_key('submissions.provider_code', 'unite_versions.service_request_id') }}
            as service_request_key,
        unite_versions.problem_code,
        unite_versions.coding_significance_code,
        unite_versions.recorded_date,
        unite_versions.complaint_id,
        unite_versions.source_file,
        unite_versions.source_row
    from unite_versions
    left join submissions
        on
            unite_versions.submission_id = submissions.submission_id
            and unite_versions.mds_version = submissions.mds_version
    where
        coalesce(submissions.is_accepted, true)
        and {{ of_latest_load('presenting_complaints') }}
        and {{ only_to_read('unite_versions') }}

),

check_rows as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        service_request_key,
        problem_code,
        coding_significance_code,
        recorded_date,
        complaint_id,
        source_file,
        source_row,
        case
            when is_without_header then 'submission_without_header'
            when service_request_key is null then 'service_request_id_blank'
            when problem_code is null then 'problem_code_blank'
        end as refusal
    from find_submissions

)

select * from check_rows
