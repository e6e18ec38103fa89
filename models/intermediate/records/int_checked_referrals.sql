{{ configure_records() }}
{#
    One row per row with a referral, in a submission that is used or has no header: what it
    says, and the rule that refuses it, if any. Source of the rules: seed validation_rules; the first that applies decides.
#}
with referrals_v1_5 as (

    select * from {{ ref('stg_v1_5__referrals') }}

),

referrals_v2 as (

    select * from {{ ref('stg_v2__referrals') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

unite_versions as (

    select * from referrals_v1_5
    union all
    select * from referrals_v2

),

find_submissions as {{ read_anew() }} (

    select
        unite_versions.mds_version,
        unite_versions.submission_id,
        submissions.submission_id is null as is_without_header,
        submissions.provider_code,
        submissions.reporting_month,
        {{ service_request_key('submissions.provider_code', 'unite_versions.service_request_id') }}
            as service_request_key,
        unite_versions.service_request_id,
        {{ provider_key('submissions.provider_code', 'unite_versions.patient_key') }} as patient_key,
        unite_versions.pathway_id,
        unite_versions.person_id,
        unite_versions.commissioner_code,
        unite_versions.end_code,
        unite_versions.age_supplied,
        unite_versions.is_pathway_used,
        unite_versions.referral_received_date,
        unite_versions.discharge_date,
        unite_versions.is_referral_received_date_unreadable,
        unite_versions.is_discharge_date_unreadable,
        unite_versions.audit_id,
        unite_versions.source_file,
        unite_versions.source_row
    from unite_versions
    left join submissions
        on
            unite_versions.submission_id = submissions.submission_id
            and unite_versions.mds_version = submissions.mds_version
    where
        coalesce(submissions.is_accepted, true)
        and {{ of_latest_load('referrals') }}
        and {{ only_to_read('unite_versions') }}

),

check_rows as {{ read_anew() }} (

    select
        *,
        case
            when is_without_header then 'submission_without_header'
            when service_request_key is null then 'service_request_id_blank'
            when patient_key is null then 'patient_key_blank'
            when is_referral_received_date_unreadable then 'referral_received_date_unreadable'
            when referral_received_date is null then 'referral_received_date_blank'
        end as own_refusal
    from find_submissions

),

find_repeats as (

    select
        source_file,
        source_row
    from check_rows
    where
        own_refusal is null
        and (service_request_key, reporting_month) in (
            select
                find_submissions.service_request_key,
                find_submissions.reporting_month
            from find_submissions
            group by find_submissions.service_request_key, find_submissions.reporting_month
            having count(*) > 1
        )
    qualify
        row_number() over (
            partition by service_request_key, reporting_month
            order by audit_id desc nulls last, source_file asc, source_row asc
        ) > 1

),

check_rows_among_others as (

    select
        check_rows.mds_version,
        check_rows.submission_id,
        check_rows.provider_code,
        check_rows.reporting_month,
        check_rows.service_request_key,
        check_rows.service_request_id,
        check_rows.patient_key,
        check_rows.pathway_id,
        check_rows.person_id,
        check_rows.commissioner_code,
        check_rows.end_code,
        check_rows.age_supplied,
        check_rows.is_pathway_used,
        check_rows.referral_received_date,
        check_rows.discharge_date,
        check_rows.is_discharge_date_unreadable,
        check_rows.source_file,
        check_rows.source_row,
        case
            when check_rows.own_refusal is not null then check_rows.own_refusal
            when find_repeats.source_row is not null then 'service_request_id_repeated'
        end as refusal
    from check_rows
    left join find_repeats
        on
            check_rows.source_file = find_repeats.source_file
            and check_rows.source_row = find_repeats.source_row

)

select * from check_rows_among_others
