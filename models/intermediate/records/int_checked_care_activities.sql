{{ configure_records() }}
{#
    One row per row with a care activity, in a submission that is used or has no header: what it
    says, and the rule that refuses it, if any. Source of the rules: seed validation_rules; the first that applies decides.
#}
with care_activities_v1_5 as (

    select * from {{ ref('stg_v1_5__care_activities') }}

),

care_activities_v2 as (

    select * from {{ ref('stg_v2__care_activities') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

care_contacts as (

    select * from {{ ref('int_records_care_contacts') }}

),

unite_versions as (

    select * from care_activities_v1_5
    union all
    select * from care_activities_v2

),

find_submissions as {{ read_anew() }} (

    select
        unite_versions.mds_version,
        unite_versions.submission_id,
        submissions.submission_id is null as is_without_header,
        submissions.provider_code,
        submissions.reporting_month,
        unite_versions.care_activity_key,
        unite_versions.care_contact_key,
        unite_versions.procedure_code,
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
        and {{ of_latest_load('care_activities') }}
        and {{ only_to_read('unite_versions') }}

),

check_rows as {{ read_anew() }} (

    select
        *,
        case
            when is_without_header then 'submission_without_header'
            when care_activity_key is null then 'care_activity_key_blank'
            when care_contact_key is null then 'care_contact_key_blank'
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
        and care_activity_key in (
            select find_submissions.care_activity_key
            from find_submissions
            group by find_submissions.care_activity_key
            having count(*) > 1
        )
    qualify
        row_number() over (
            partition by care_activity_key order by audit_id desc nulls last, source_file asc, source_row asc
        ) > 1

),

check_rows_among_others as (

    select
        check_rows.mds_version,
        check_rows.submission_id,
        check_rows.provider_code,
        check_rows.reporting_month,
        check_rows.care_activity_key,
        check_rows.care_contact_key,
        check_rows.procedure_code,
        check_rows.source_file,
        check_rows.source_row,
        case
            when check_rows.own_refusal is not null then check_rows.own_refusal
            when find_repeats.source_row is not null then 'care_activity_key_repeated'
            when care_contacts.care_contact_key is null then 'care_contact_key_without_parent'
        end as refusal
    from check_rows
    left join find_repeats
        on
            check_rows.source_file = find_repeats.source_file
            and check_rows.source_row = find_repeats.source_row
    left join care_contacts
        on check_rows.care_contact_key = care_contacts.care_contact_key

)

select * from check_rows_among_others
