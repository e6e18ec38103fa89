{#
    One row per referral with a long-term condition record: has the person a long-term physical health condition.
    Source of the rule: any coded condition other than the explicit 'no history' (V009).
#}
with long_term_conditions as (

    {{ union_versions('long_term_conditions') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

negative_codes as (

    select * from {{ ref('long_term_condition_negative_codes') }}

),

mark_condition as (

    select
        periods.referral_key,
        bool_or(negative_codes.long_term_condition_code is null) as has_long_term_condition
    from long_term_conditions
    inner join accepted_submissions
        on long_term_conditions.submission_id = accepted_submissions.submission_id
    inner join periods
        on
            {{ text_hash('long_term_conditions.service_request_id', 'accepted_submissions.provider_code') }}
            = periods.service_request_key
    left join negative_codes
        on long_term_conditions.long_term_condition_code = negative_codes.long_term_condition_code
    where long_term_conditions.long_term_condition_code is not null
    group by periods.referral_key

)

select * from mark_condition
