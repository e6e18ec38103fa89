{# One row per score recorded outside a contact, within its referral (IDS606). #}
with referral_scores as (

    {{ union_versions('referral_scores') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

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
        on referral_scores.tool_code = assessment_tools.tool_code
    inner join accepted_submissions
        on referral_scores.submission_id = accepted_submissions.submission_id
    inner join periods
        on
            {{ text_hash('referral_scores.service_request_id', 'accepted_submissions.provider_code') }}
            = periods.service_request_key
            and referral_scores.score_date
            between periods.referral_received_date and periods.period_end_date

)

select * from keep_within_referral
