{{ configure_records() }}
{#
    One row per row with a weekly log of internet-enabled therapy, in a submission that is used or has no header: what it
    says, and the rule that refuses it, if any. Source of the rules: seed validation_rules; the first that applies decides.
#}
with internet_therapy_logs_v1_5 as (

    select * from {{ ref('stg_v1_5__internet_therapy_logs') }}

),

internet_therapy_logs_v2 as (

    select * from {{ ref('stg_v2__internet_therapy_logs') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

referrals as (

    select * from {{ ref('int_records_referrals') }}

),

unite_versions as (

    select * from internet_therapy_logs_v1_5
    union all
    select * from internet_therapy_logs_v2

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
        unite_versions.therapy_programme,
        unite_versions.start_date,
        unite_versions.end_date,
        unite_versions.is_start_date_unreadable,
        unite_versions.is_end_date_unreadable,
        unite_versions.source_file,
        unite_versions.source_row
    from unite_versions
    left join submissions
        on
            unite_versions.submission_id = submissions.submission_id
            and unite_versions.mds_version = submissions.mds_version
    where
        coalesce(submissions.is_accepted, true)
        and {{ of_latest_load('internet_therapy_logs') }}
        and {{ only_to_read('unite_versions') }}

),

check_rows as (

    select
        *,
        case
            when is_without_header then 'submission_without_header'
            when service_request_key is null then 'service_request_id_blank'
            when is_start_date_unreadable then 'start_date_unreadable'
            when start_date is null then 'start_date_blank'
            when is_end_date_unreadable then 'end_date_unreadable'
            when end_date is null then 'end_date_blank'
            when end_date not between reporting_month and last_day(reporting_month) then 'end_date_outside_month'
        end as own_refusal
    from find_submissions

),

check_rows_among_others as (

    select
        check_rows.mds_version,
        check_rows.submission_id,
        check_rows.provider_code,
        check_rows.reporting_month,
        check_rows.service_request_key,
        check_rows.therapy_programme,
        check_rows.start_date,
        check_rows.end_date,
        check_rows.source_file,
        check_rows.source_row,
        case
            when check_rows.own_refusal is not null then check_rows.own_refusal
            when referrals.service_request_key is null then 'service_request_id_without_parent'
            when check_rows.end_date < referrals.referral_received_date then 'end_date_before_referral'
        end as refusal
    from check_rows
    left join referrals
        on
            check_rows.service_request_key = referrals.service_request_key
            and check_rows.reporting_month = referrals.reporting_month

)

select * from check_rows_among_others
