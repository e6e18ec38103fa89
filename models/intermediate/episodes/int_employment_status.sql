{{ config(materialized='table') }}
{#
    One row per referral with a stated employment status: the first one recorded within the referral.
    Source of the rule: docs/rules.md, 21; the first answer from the day of receipt to the discharge, as the national
    derived fields take it (I101D15 to I101D20). An answer of an earlier referral is none of this one, and 'not stated'
    gives way to an answer that states one. Of two for one day, the one sent last; of those of one month, the first by
    time of day (version 1.5: of the appointment), one without a time first.
#}
with employment_statuses as (

    select * from {{ ref('int_records_employment_statuses') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

employment_status_codes as (

    select * from {{ ref('employment_status_codes') }}

),

drop_repeats as (

    select
        employment_statuses.patient_key,
        employment_status_codes.employment_status,
        employment_statuses.employment_status_code,
        employment_statuses.recorded_date,
        max(employment_statuses.reporting_month) as latest_month,
        min(coalesce(employment_statuses.recorded_time, time '00:00:00')) as first_time
    from employment_statuses
    inner join employment_status_codes
        on employment_statuses.employment_status_code = employment_status_codes.employment_status_code
    group by all

),

take_first as (

    select
        periods.referral_key,
        min_by(
            drop_repeats.employment_status,
            (
                drop_repeats.recorded_date,
                -epoch(drop_repeats.latest_month),
                drop_repeats.first_time,
                drop_repeats.employment_status_code
            )
        ) as employment_status
    from periods
    inner join drop_repeats
        on
            periods.patient_key = drop_repeats.patient_key
            and drop_repeats.recorded_date between periods.referral_received_date and periods.period_end_date
    group by periods.referral_key

)

select * from take_first
