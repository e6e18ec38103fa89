{{ configure_records() }}
{#
    One row per row with a patient, in a submission that is used or has no header: what it
    says, and the rule that refuses it, if any. Source of the rules: seed validation_rules; the first that applies decides.
    A birth year of two digits is the latest that makes the person old enough for the programme in the month reported, so
    that nobody is born after the referral (ours; seed date_reading_rules).
#}
with people_v1_5 as (

    select * from {{ ref('stg_v1_5__people') }}

),

people_v2 as (

    select * from {{ ref('stg_v2__people') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

rules as (

    select rule_value as lowest_age from {{ ref('date_reading_rules') }}
    where rule = 'lowest_age_for_two_digit_year'

),

unite_versions as (

    select * from people_v1_5
    union all
    select * from people_v2

),

find_submissions as {{ read_anew() }} (

    select
        unite_versions.mds_version,
        unite_versions.submission_id,
        submissions.submission_id is null as is_without_header,
        submissions.provider_code,
        submissions.reporting_month,
        {{ provider_key('submissions.provider_code', 'unite_versions.patient_key') }} as patient_key,
        unite_versions.person_id,
        unite_versions.pseudonymised_person_id,
        unite_versions.birth_date,
        unite_versions.gender_code,
        unite_versions.preferred_language_code,
        unite_versions.ethnic_category_raw,
        unite_versions.ethnic_category_2021_raw,
        unite_versions.lsoa_code,
        unite_versions.imd_decile_supplied,
        unite_versions.is_birth_date_unreadable,
        unite_versions.has_short_birth_year,
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
        and {{ of_latest_load('people') }}
        and {{ only_to_read('unite_versions') }}

),

check_rows as {{ read_anew() }} (

    select
        *,
        case
            when is_without_header then 'submission_without_header'
            when patient_key is null then 'patient_key_blank'
        end as own_refusal
    from find_submissions

),

find_repeats as (

    select
        source_file,
        source_row
    from check_rows
    where
        (patient_key, reporting_month) in (
            select
                find_submissions.patient_key,
                find_submissions.reporting_month
            from find_submissions
            group by find_submissions.patient_key, find_submissions.reporting_month
            having count(*) > 1
        )
    qualify
        row_number() over (
            partition by patient_key, reporting_month order by audit_id desc nulls last, source_file asc, source_row asc
        ) > 1

),

check_rows_among_others as (

    select
        check_rows.mds_version,
        check_rows.submission_id,
        check_rows.provider_code,
        check_rows.reporting_month,
        check_rows.patient_key,
        check_rows.person_id,
        check_rows.pseudonymised_person_id,
        case
            when
                check_rows.has_short_birth_year
                and {{ completed_years('check_rows.birth_date', 'check_rows.reporting_month') }} < rules.lowest_age
                then cast(check_rows.birth_date - interval 100 year as date)
            else check_rows.birth_date
        end as birth_date,
        check_rows.is_birth_date_unreadable,
        check_rows.gender_code,
        check_rows.preferred_language_code,
        check_rows.ethnic_category_raw,
        check_rows.ethnic_category_2021_raw,
        check_rows.lsoa_code,
        check_rows.imd_decile_supplied,
        check_rows.source_file,
        check_rows.source_row,
        case
            when check_rows.own_refusal is not null then check_rows.own_refusal
            when find_repeats.source_row is not null then 'patient_key_repeated'
        end as refusal
    from check_rows
    left join find_repeats
        on
            check_rows.source_file = find_repeats.source_file
            and check_rows.source_row = find_repeats.source_row
    cross join rules

)

select * from check_rows_among_others
