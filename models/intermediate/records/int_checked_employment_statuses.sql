{{ configure_records() }}
{#
    One row per row with an employment status of a patient, in a submission that is used or has no header: what it
    says, and the rule that refuses it, if any. Source of the rules: seed validation_rules; the first that applies decides.
#}
with employment_statuses_v1_5 as (

    select * from {{ ref('stg_v1_5__employment_statuses') }}

),

employment_statuses_v2 as (

    select * from {{ ref('stg_v2__employment_statuses') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

unite_versions as (

    select * from employment_statuses_v1_5
    union all
    select * from employment_statuses_v2

),

find_submissions as (

    select
        unite_versions.mds_version,
        unite_versions.submission_id,
        submissions.submission_id is null as is_without_header,
        submissions.provider_code,
        submissions.reporting_month,
        {{ provider_key('submissions.provider_code', 'unite_versions.patient_key') }} as patient_key,
        unite_versions.employment_status_code,
        unite_versions.recorded_date,
        unite_versions.recorded_time,
        unite_versions.source_file,
        unite_versions.source_row
    from unite_versions
    left join submissions
        on
            unite_versions.submission_id = submissions.submission_id
            and unite_versions.mds_version = submissions.mds_version
    where
        coalesce(submissions.is_accepted, true)
        and {{ of_latest_load('employment_statuses') }}
        and {{ only_to_read('unite_versions') }}

),

check_rows as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        patient_key,
        employment_status_code,
        recorded_date,
        recorded_time,
        source_file,
        source_row,
        case
            when is_without_header then 'submission_without_header'
            when patient_key is null then 'patient_key_blank'
            when employment_status_code is null then 'employment_status_code_blank'
        end as refusal
    from find_submissions

)

select * from check_rows
