{{ config(materialized='table') }}
{#
    One row per referral with a long-term condition record: has the person a long-term physical health condition.
    Source of the rule: any coded condition other than the explicit 'no history' (V009).
    A blank code is passed over here and not where rows are read, where each text would be cleaned once more to tell.
#}
with long_term_conditions as (

    select * from {{ ref('int_records_long_term_conditions') }}

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
        bool_or(negative_codes.long_term_condition_code is null)
        filter (where long_term_conditions.long_term_condition_code is not null) as has_long_term_condition
    from long_term_conditions
    inner join periods
        on
            long_term_conditions.service_request_key = periods.service_request_key
            and coalesce(periods.held_month, long_term_conditions.reporting_month)
            = long_term_conditions.reporting_month
    left join negative_codes
        on long_term_conditions.long_term_condition_code = negative_codes.long_term_condition_code
    group by periods.referral_key

)

select * from mark_condition
