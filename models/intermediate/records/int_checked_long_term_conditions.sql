{{ configure_records() }}
{#
    One row per row with a long-term condition (or its absence) of a referral, in a submission that is used or has no
    header: what it says, and the rule that refuses it, if any. Source of the rules: seed validation_rules; the first that
    applies decides.
#}
with long_term_conditions_v1_5 as (

    select * from {{ ref('stg_v1_5__long_term_conditions') }}

),

long_term_conditions_v2 as (

    select * from {{ ref('stg_v2__long_term_conditions') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

unite_versions as (

    select * from long_term_conditions_v1_5
    union all
    select * from long_term_conditions_v2

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
        unite_versions.long_term_condition_code,
        unite_versions.source_file,
        unite_versions.source_row
    from unite_versions
    left join submissions
        on
            unite_versions.submission_id = submissions.submission_id
            and unite_versions.mds_version = submissions.mds_version
    where
        coalesce(submissions.is_accepted, true)
        and {{ of_latest_load('long_term_conditions') }}
        and {{ only_to_read('unite_versions') }}

),

check_rows as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        service_request_key,
        long_term_condition_code,
        source_file,
        source_row,
        case
            when is_without_header then 'submission_without_header'
            when service_request_key is null then 'service_request_id_blank'
            when long_term_condition_code is null then 'long_term_condition_code_blank'
        end as refusal
    from find_submissions

)

select * from check_rows
