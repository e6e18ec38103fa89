{#
    One row per completed weekly log of internet-enabled therapy within its referral; each counts as one session. A log
    is one by referral, start and programme: sent twice in a file, it counts once.
    Source of the rule: docs/rules.md, 6 (completed logs count as treatment contacts); dated on the log's start.
#}
with internet_therapy_logs as (

    select * from {{ ref('int_records_internet_therapy_logs') }}

),

periods as (

    select * from {{ ref('int_contact_periods') }}

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
            and internet_therapy_logs.reporting_month between periods.first_month and periods.last_month
            and internet_therapy_logs.end_date >= periods.sent_received_date
            and internet_therapy_logs.start_date
            between periods.referral_received_date and periods.period_end_date
    where internet_therapy_logs.end_date is not null

)

select * from keep_completed
