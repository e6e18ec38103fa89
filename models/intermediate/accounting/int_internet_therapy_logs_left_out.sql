{# One row per provider and reason: internet therapy logs that do not count (docs/rules.md, 6). #}
with internet_therapy_logs as (

    select * from {{ ref('int_records_internet_therapy_logs') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

give_reasons as (

    select
        internet_therapy_logs.provider_code,
        case
            when periods.referral_key is null then 'no_such_referral'
            when
                internet_therapy_logs.start_date between periods.referral_received_date and periods.period_end_date
                then null
            else 'outside_referral'
        end as reason
    from internet_therapy_logs
    left join periods
        on
            internet_therapy_logs.service_request_key = periods.service_request_key
            and (periods.held_month is null or internet_therapy_logs.reporting_month = periods.held_month)

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
