{#
    One row per completed weekly log of internet-enabled therapy within its referral; each counts as one session. A log
    is one by referral, start and programme: sent twice in a file, it counts once.
    Source of the rule: docs/rules.md, 6 (completed logs count as treatment contacts); dated on the log's start.
#}
with internet_therapy_logs as (

    {{ union_versions('internet_therapy_logs') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

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
    inner join accepted_submissions
        on internet_therapy_logs.submission_id = accepted_submissions.submission_id
    inner join periods
        on
            {{ text_hash('internet_therapy_logs.service_request_id', 'accepted_submissions.provider_code') }}
            = periods.service_request_key
            and internet_therapy_logs.start_date
            between periods.referral_received_date and periods.period_end_date
    where internet_therapy_logs.end_date is not null

)

select * from keep_completed
