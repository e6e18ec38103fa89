{#
    One row per referral record that carries centrally derived fields: what they say. A row that is refused as a referral
    says nothing here either; nor does a date after the end of the month that reports it, as of discharges (docs/rules.md,
    3).
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

unite_versions as (

    select * from supplied_v1_5
    union all
    select * from supplied_v2

),

keep_records as (

    select
        unite_versions.mds_version,
        case
            when unite_versions.first_assessment_date <= last_day(referrals.reporting_month)
                then unite_versions.first_assessment_date
        end as first_assessment_date,
        case
            when unite_versions.first_treatment_date <= last_day(referrals.reporting_month)
                then unite_versions.first_treatment_date
        end as first_treatment_date,
        case
            when unite_versions.second_treatment_date <= last_day(referrals.reporting_month)
                then unite_versions.second_treatment_date
        end as second_treatment_date,
        case
            when unite_versions.last_treatment_date <= last_day(referrals.reporting_month)
                then unite_versions.last_treatment_date
        end as last_treatment_date,
        unite_versions.care_contact_count,
        unite_versions.treatment_contact_count,
        unite_versions.is_finished_course,
        unite_versions.phq9_first,
        unite_versions.phq9_last,
        unite_versions.gad7_first,
        unite_versions.gad7_last,
        unite_versions.anxiety_measure_token,
        unite_versions.anxiety_first,
        unite_versions.anxiety_last,
        unite_versions.is_caseness_flagged,
        unite_versions.is_not_caseness_flagged,
        unite_versions.is_recovered,
        unite_versions.is_reliably_improved,
        unite_versions.is_reliably_deteriorated,
        unite_versions.source_file,
        referrals.provider_code,
        referrals.reporting_month,
        {{ row_hash('referrals.service_request_key', 'referrals.patient_key') }} as request_key
    from unite_versions
    inner join referrals
        on
            unite_versions.source_file = referrals.source_file
            and unite_versions.source_row = referrals.source_row

)

select * from keep_records
