{#
    One row per answer recorded outside a contact, within its referral (IDS606). Source of the rule: report, section 3.8,
    at the end of the episode of treatment, so that an answer after the discharge belongs to the referral too.
#}
with referral_scores as (

    select * from {{ ref('int_records_referral_scores') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

experience_questions as (

    select * from {{ ref('experience_questions') }}

),

keep_within_referral as (

    select
        referral_scores.mds_version,
        'referral_scores' as entity,
        referral_scores.provider_code,
        periods.referral_key,
        experience_questions.question_code,
        referral_scores.answer_code,
        referral_scores.score_date as answer_date
    from referral_scores
    inner join experience_questions
        on referral_scores.tool_code = experience_questions.question_code
    inner join periods
        on
            referral_scores.service_request_key = periods.service_request_key
            and referral_scores.score_date >= periods.referral_received_date
            and referral_scores.reporting_month = coalesce(periods.held_month, referral_scores.reporting_month)

)

select * from keep_within_referral
