{{ config(materialized='table') }}
{#
    One row per referral and event (received, discharged): the ethnic category in the patient's record of that month.
    Source of the rule: NHS England's Talking Therapies dashboards, which join the patient's row of the month that is
    reported; what counts where the variable `ethnicity_resolution` is `as_reported`. An unstated code of the month
    counts as what it says. Without a record of the month the next one speaks, else the last before (ours). Nearly
    everybody has one code in all records: only the others are looked up month by month.
#}
with people as (

    select * from {{ ref('int_records_people') }}

),

ethnicity_codes as (

    select * from {{ ref('int_ethnicity_codes') }}

),

patient_ethnicity as (

    select * from {{ ref('int_patient_ethnicity') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

list_patients as (

    select distinct
        referral_key,
        patient_key,
        cast(date_trunc('month', referral_received_date) as date) as month_of_receipt,
        case when is_discharged then cast(date_trunc('month', period_end_date) as date) end as month_of_discharge
    from periods

),

summarise_referrals as (

    select
        list_patients.referral_key,
        any_value(list_patients.month_of_discharge) as month_of_discharge,
        count(*) as code_count,
        any_value(patient_ethnicity.ethnic_category_code) as ethnic_category_code,
        any_value(patient_ethnicity.ethnicity_recording_status) as ethnicity_recording_status
    from list_patients
    inner join patient_ethnicity
        on list_patients.patient_key = patient_ethnicity.patient_key
    group by list_patients.referral_key

),

list_months as (

    select
        list_patients.referral_key,
        list_patients.patient_key,
        'received' as referral_event,
        list_patients.month_of_receipt as event_month
    from list_patients
    inner join summarise_referrals
        on list_patients.referral_key = summarise_referrals.referral_key
    where summarise_referrals.code_count > 1
    union all
    select
        list_patients.referral_key,
        list_patients.patient_key,
        'discharged' as referral_event,
        list_patients.month_of_discharge as event_month
    from list_patients
    inner join summarise_referrals
        on list_patients.referral_key = summarise_referrals.referral_key
    where summarise_referrals.code_count > 1 and list_patients.month_of_discharge is not null

),

-- Of several patients of a referral in one month the referral's own goes first, then the lower key.
rank_records as (

    select
        list_months.referral_key,
        list_months.referral_event,
        people.ethnic_category_raw,
        people.ethnic_category_2021_raw,
        row_number() over (
            partition by list_months.referral_key, list_months.referral_event
            order by
                people.reporting_month < list_months.event_month asc,
                abs(people.reporting_month - list_months.event_month) asc,
                list_months.patient_key <> referrals.patient_key asc,
                list_months.patient_key asc
        ) as record_rank
    from list_months
    inner join referrals
        on list_months.referral_key = referrals.referral_key
    inner join people
        on list_months.patient_key = people.patient_key

),

read_codes as (

    select
        rank_records.referral_key,
        rank_records.referral_event,
        ethnicity_codes.ethnic_category_code,
        ethnicity_codes.ethnicity_recording_status
    from rank_records
    inner join ethnicity_codes
        on
            rank_records.ethnic_category_raw is not distinct from ethnicity_codes.ethnic_category_raw
            and rank_records.ethnic_category_2021_raw is not distinct from ethnicity_codes.ethnic_category_2021_raw
    where rank_records.record_rank = 1

),

unite_referrals as (

    select * from read_codes
    union all
    select
        referral_key,
        'received' as referral_event,
        ethnic_category_code,
        ethnicity_recording_status
    from summarise_referrals
    where code_count = 1
    union all
    select
        referral_key,
        'discharged' as referral_event,
        ethnic_category_code,
        ethnicity_recording_status
    from summarise_referrals
    where code_count = 1 and month_of_discharge is not null

)

select * from unite_referrals
