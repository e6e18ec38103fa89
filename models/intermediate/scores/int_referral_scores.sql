{# One row per score recorded outside a contact, within its referral (IDS606). #}
with referral_scores as (

    select * from {{ ref('int_records_referral_scores') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

assessment_tools as (

    select * from {{ ref('assessment_tools') }}

),

keep_within_referral as (

    select
        periods.referral_key,
        assessment_tools.measure,
        referral_scores.score,
        referral_scores.score_date,
        referral_scores.score_time
    from referral_scores
    inner join assessment_tools
        on referral_scores.tool_code = assessment_tools.tool_code and assessment_tools.measure_role <> 'not_used'
    inner join periods
        on
            referral_scores.service_request_key = periods.service_request_key
            and referral_scores.score_date between periods.referral_received_date and periods.period_end_date
            and referral_scores.reporting_month = coalesce(periods.held_month, referral_scores.reporting_month)

)

select * from keep_within_referral
