{#
    One row per provider, event of a referral and month without a submission: the financial years, both included, that
    are not whole for it.
    Source of the rule: docs/rules.md, 30. A year of receipt needs its own months and the time in which its last referrals
    are treated; a year of discharge its own and the time in which courses that end on its first day began.
#}
with missing_months as (

    select * from {{ ref('int_missing_months') }}

),

follow_up as (

    select * from {{ ref('int_follow_up_days') }}

),

find_days as (

    select
        missing_months.provider_code,
        missing_months.reporting_month,
        follow_up.follow_up_event,
        case
            when follow_up.follow_up_event = 'end_of_course' then missing_months.reporting_month
            else missing_months.reporting_month - follow_up.whole_year_days
        end as first_broken_date,
        case
            when follow_up.follow_up_event = 'end_of_course'
                then last_day(missing_months.reporting_month) + follow_up.whole_year_days
            else last_day(missing_months.reporting_month)
        end as last_broken_date
    from missing_months
    cross join follow_up

),

find_years as (

    select
        provider_code,
        reporting_month,
        follow_up_event,
        {{ financial_year('first_broken_date') }} as first_broken_financial_year,
        {{ financial_year('last_broken_date') }} as last_broken_financial_year
    from find_days

)

select * from find_years
