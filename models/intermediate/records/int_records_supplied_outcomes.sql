{#
    One row per referral record that carries centrally derived fields: what they say. A row that is refused as a referral
    says nothing here either; nor does a date after the end of the month that reports it, as of discharges (docs/rules.md,
    3). A record carries them if any is filled. Where they are derived contacts are counted, of every referral: so in a
    file that holds flags and no counts a record without a flag carries them too, and its flags are false (27).
#}
with supplied_v1_5 as (

    select * from {{ ref('stg_v1_5__supplied_outcomes') }}

),

supplied_v2 as (

    select * from {{ ref('stg_v2__supplied_outcomes') }}

),

referrals as (

    select * from {{ ref('int_records_referrals') }}

),

absent_columns as (

    select * from {{ ref('stg_input_files__absent_columns') }}

),

supplied_fields as (

    select * from {{ ref('supplied_fields') }}

),

unite_versions as (

    select * from supplied_v1_5
    union all
    select * from supplied_v2

),

mark_flags as (

    select
        *,
        coalesce(
            is_finished_course,
            is_caseness_flagged,
            is_not_caseness_flagged,
            is_recovered,
            is_reliably_improved,
            is_reliably_deteriorated
        ) is not null as has_flag
    from unite_versions

),

find_files_without_counts as (

    select absent_columns.source_file
    from absent_columns
    inner join supplied_fields
        on lower(absent_columns.column_name) = lower(supplied_fields.column_name)
    where supplied_fields.field in ('care_contact_count', 'treatment_contact_count')
    group by absent_columns.source_file
    having count(distinct supplied_fields.field) = 2

),

find_files_of_flags as (

    select distinct mark_flags.source_file
    from mark_flags
    inner join find_files_without_counts
        on mark_flags.source_file = find_files_without_counts.source_file
    where mark_flags.has_flag

),

keep_derived as (

    select mark_flags.*
    from mark_flags
    left join find_files_of_flags
        on mark_flags.source_file = find_files_of_flags.source_file
    where
        find_files_of_flags.source_file is not null
        or coalesce(mark_flags.treatment_contact_count, mark_flags.care_contact_count) is not null
        or mark_flags.has_flag
        or coalesce(mark_flags.first_assessment_date, mark_flags.first_treatment_date) is not null
        or coalesce(mark_flags.phq9_first, mark_flags.gad7_first) is not null
        or mark_flags.anxiety_measure_token is not null

),

keep_records as (

    select
        keep_derived.mds_version,
        case
            when keep_derived.first_assessment_date <= last_day(referrals.reporting_month)
                then keep_derived.first_assessment_date
        end as first_assessment_date,
        case
            when keep_derived.first_treatment_date <= last_day(referrals.reporting_month)
                then keep_derived.first_treatment_date
        end as first_treatment_date,
        case
            when keep_derived.second_treatment_date <= last_day(referrals.reporting_month)
                then keep_derived.second_treatment_date
        end as second_treatment_date,
        case
            when keep_derived.last_treatment_date <= last_day(referrals.reporting_month)
                then keep_derived.last_treatment_date
        end as last_treatment_date,
        keep_derived.care_contact_count,
        keep_derived.treatment_contact_count,
        keep_derived.is_finished_course,
        keep_derived.phq9_first,
        keep_derived.phq9_last,
        keep_derived.gad7_first,
        keep_derived.gad7_last,
        keep_derived.anxiety_measure_token,
        keep_derived.anxiety_first,
        keep_derived.anxiety_last,
        keep_derived.is_caseness_flagged,
        keep_derived.is_not_caseness_flagged,
        keep_derived.is_recovered,
        keep_derived.is_reliably_improved,
        keep_derived.is_reliably_deteriorated,
        keep_derived.source_file,
        referrals.provider_code,
        referrals.reporting_month,
        {{ row_hash('referrals.service_request_key', 'referrals.patient_key') }} as request_key
    from keep_derived
    inner join referrals
        on
            keep_derived.source_file = referrals.source_file
            and keep_derived.source_row = referrals.source_row

)

select * from keep_records
