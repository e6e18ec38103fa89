{{ config(materialized='table', tags=['quality']) }}
{#
    One row per row with a pause of a referral's waiting time, in a submission that is used or has no header: what it
    says, and the rule that refuses it, if any. Source of the rules: seed validation_rules; the first that applies decides.
#}
with waiting_time_pauses_v1_5 as (

    select * from {{ ref('stg_v1_5__waiting_time_pauses') }}

),

waiting_time_pauses_v2 as (

    select * from {{ ref('stg_v2__waiting_time_pauses') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

unite_versions as (

    select * from waiting_time_pauses_v1_5
    union all
    select * from waiting_time_pauses_v2

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
        unite_versions.pause_key,
        unite_versions.pause_start_date,
        unite_versions.pause_end_date,
        unite_versions.pause_reason_code,
        unite_versions.is_pause_start_date_unreadable,
        unite_versions.is_pause_end_date_unreadable,
        unite_versions.source_file,
        unite_versions.source_row
    from unite_versions
    left join submissions
        on
            unite_versions.submission_id = submissions.submission_id
            and unite_versions.mds_version = submissions.mds_version
    where coalesce(submissions.is_accepted, true)

),

check_rows as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        service_request_key,
        pause_key,
        pause_start_date,
        pause_end_date,
        is_pause_end_date_unreadable,
        pause_reason_code,
        source_file,
        source_row,
        case
            when is_without_header then 'submission_without_header'
            when service_request_key is null then 'service_request_id_blank'
            when pause_key is null then 'pause_key_blank'
            when is_pause_start_date_unreadable then 'pause_start_date_unreadable'
            when pause_start_date is null then 'pause_start_date_blank'
        end as refusal
    from find_submissions

)

select * from check_rows
