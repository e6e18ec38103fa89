{# One row per provider and reason: internet therapy logs that do not count (docs/rules.md, 6). #}
with internet_therapy_logs as (

    {{ union_versions('internet_therapy_logs') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

give_reasons as (

    select
        accepted_submissions.provider_code,
        case
            when periods.referral_key is null then 'no_such_referral'
            when internet_therapy_logs.end_date is null then 'log_not_completed'
            when
                internet_therapy_logs.start_date between periods.referral_received_date and periods.period_end_date
                then null
            else 'outside_referral'
        end as reason
    from internet_therapy_logs
    inner join accepted_submissions
        on internet_therapy_logs.submission_id = accepted_submissions.submission_id
    left join periods
        on
            {{ text_hash('internet_therapy_logs.service_request_id', 'accepted_submissions.provider_code') }}
            = periods.service_request_key

),

count_logs as (

    select
        provider_code,
        'IDS205InternetTherLog' as source_table,
        reason,
        count(*) as record_count
    from give_reasons
    where reason is not null
    group by provider_code, reason

)

select * from count_logs
