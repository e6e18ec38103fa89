{{ configure_records() }}
{#
    One row per row with a care contact, in a submission that is used or has no header: what it
    says, and the rule that refuses it, if any. Source of the rules: seed validation_rules; the first that applies decides.
#}
with care_contacts_v1_5 as (

    select * from {{ ref('stg_v1_5__care_contacts') }}

),

care_contacts_v2 as (

    select * from {{ ref('stg_v2__care_contacts') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

attendance_codes as (

    select * from {{ ref('accepted_codes') }}
    where column_name = 'attendance_code'

),

appointment_type_codes as (

    select * from {{ ref('accepted_codes') }}
    where column_name = 'appointment_type_code'

),

referrals as (

    select * from {{ ref('int_records_referrals') }}

),

unite_versions as (

    select * from care_contacts_v1_5
    union all
    select * from care_contacts_v2

),

find_submissions as {{ read_anew() }} (

    select
        unite_versions.mds_version,
        unite_versions.submission_id,
        submissions.submission_id is null as is_without_header,
        submissions.provider_code,
        submissions.reporting_month,
        unite_versions.care_contact_key,
        {{ service_request_key('submissions.provider_code', 'unite_versions.service_request_id') }}
            as service_request_key,
        unite_versions.attendance_code,
        unite_versions.appointment_type_code,
        unite_versions.psychotropic_medication_code,
        unite_versions.treatment_language_code,
        unite_versions.interpreter_code,
        unite_versions.consultation_mechanism_code,
        unite_versions.is_unplanned,
        unite_versions.contact_date,
        unite_versions.contact_time,
        unite_versions.is_contact_date_unreadable,
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
        and {{ of_latest_load('care_contacts') }}
        and {{ only_to_read('unite_versions') }}

),

check_rows as {{ read_anew() }} (

    select
        find_submissions.*,
        case
            when find_submissions.is_without_header then 'submission_without_header'
            when find_submissions.care_contact_key is null then 'care_contact_key_blank'
            when find_submissions.service_request_key is null then 'service_request_id_blank'
            when find_submissions.is_contact_date_unreadable then 'contact_date_unreadable'
            when find_submissions.contact_date is null then 'contact_date_blank'
            when find_submissions.attendance_code is not null and attendance_codes.code is null
                then 'attendance_code_not_in_list'
            when find_submissions.appointment_type_code is null then 'appointment_type_code_blank'
            when appointment_type_codes.code is null then 'appointment_type_code_not_in_list'
            when
                find_submissions.contact_date
                not between find_submissions.reporting_month and last_day(find_submissions.reporting_month)
                then 'contact_date_outside_month'
        end as own_refusal
    from find_submissions
    left join attendance_codes
        on
            find_submissions.attendance_code = attendance_codes.code
            and find_submissions.mds_version = attendance_codes.mds_version
    left join appointment_type_codes
        on
            find_submissions.appointment_type_code = appointment_type_codes.code
            and find_submissions.mds_version = appointment_type_codes.mds_version

),

find_repeats as (

    select
        source_file,
        source_row
    from check_rows
    where
        own_refusal is null
        and care_contact_key in (
            select find_submissions.care_contact_key
            from find_submissions
            group by find_submissions.care_contact_key
            having count(*) > 1
        )
    qualify
        row_number() over (
            partition by care_contact_key order by audit_id desc nulls last, source_file asc, source_row asc
        ) > 1

),

check_rows_among_others as (

    select
        check_rows.mds_version,
        check_rows.submission_id,
        check_rows.provider_code,
        check_rows.reporting_month,
        check_rows.care_contact_key,
        check_rows.service_request_key,
        check_rows.attendance_code,
        check_rows.appointment_type_code,
        check_rows.psychotropic_medication_code,
        check_rows.treatment_language_code,
        check_rows.interpreter_code,
        check_rows.consultation_mechanism_code,
        check_rows.is_unplanned,
        check_rows.contact_date,
        check_rows.contact_time,
        check_rows.source_file,
        check_rows.source_row,
        case
            when check_rows.own_refusal is not null then check_rows.own_refusal
            when find_repeats.source_row is not null then 'care_contact_key_repeated'
            when referrals.service_request_key is null then 'service_request_id_without_parent'
            when check_rows.contact_date < referrals.referral_received_date then 'contact_date_before_referral'
        end as refusal
    from check_rows
    left join find_repeats
        on
            check_rows.source_file = find_repeats.source_file
            and check_rows.source_row = find_repeats.source_row
    left join referrals
        on
            check_rows.service_request_key = referrals.service_request_key
            and check_rows.reporting_month = referrals.reporting_month

)

select * from check_rows_among_others
