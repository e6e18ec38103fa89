{#
    One row per completed weekly log of internet-enabled therapy within its referral; each counts as one session. A log
    is one by referral, start and programme: sent twice in a file, it counts once.
    Source of the rule: docs/rules.md, 6 (completed logs count as treatment contacts); dated on the log's start.
#}
with internet_therapy_logs as (

    select * from {{ ref('int_records_internet_therapy_logs') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

keep_completed as (

    select distinct
        periods.referral_key,
        internet_therapy_logs.submission_id,
        internet_therapy_logs.therapy_programme,
        internet_therapy_logs.start_date as contact_date
    from internet_therapy_logs
    inner join periods
        on
            internet_therapy_logs.service_request_key = periods.service_request_key
            and internet_therapy_logs.start_date
            between periods.referral_received_date and periods.period_end_date
            and internet_therapy_logs.reporting_month
            = coalesce(periods.held_month, internet_therapy_logs.reporting_month)

)

select * from keep_completed
