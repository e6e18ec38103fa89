{#
    One row per episode with a recorded employment status: the status at referral.
    Source of the rule: the last status recorded on or before the day of receipt, else the first one after it; null
    where that record does not state one.
#}
with employment_statuses as (

    select * from {{ ref('int_records_employment_statuses') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

courses as (

    select * from {{ ref('int_courses_of_treatment') }}
    where is_finished_course

),

employment_status_codes as (

    select * from {{ ref('employment_status_codes') }}

),

keep_episodes as (

    select
        periods.referral_key,
        periods.patient_key,
        periods.referral_received_date
    from periods
    inner join courses
        on periods.referral_key = courses.referral_key

),

drop_repeats as (

    select
        employment_statuses.patient_key,
        coalesce(employment_statuses.employment_status_code, '') as employment_status_code,
        employment_statuses.recorded_date,
        max(employment_statuses.reporting_month) as latest_month
    from employment_statuses
    semi join keep_episodes
        on employment_statuses.patient_key = keep_episodes.patient_key
    where employment_statuses.recorded_date is not null
    group by all

),

choose_status as (

    select
        keep_episodes.referral_key,
        min_by(
            drop_repeats.employment_status_code,
            (
                drop_repeats.recorded_date > keep_episodes.referral_received_date,
                abs(drop_repeats.recorded_date - keep_episodes.referral_received_date),
                -epoch(drop_repeats.latest_month),
                drop_repeats.employment_status_code
            )
        ) as employment_status_code
    from keep_episodes
    inner join drop_repeats
        on keep_episodes.patient_key = drop_repeats.patient_key
    group by keep_episodes.referral_key

),

label_status as (

    select
        choose_status.referral_key,
        employment_status_codes.employment_status
    from choose_status
    left join employment_status_codes
        on choose_status.employment_status_code = employment_status_codes.employment_status_code

)

select * from label_status
