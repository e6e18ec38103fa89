{#
    One row per provider and event of a referral: between which financial years, both left out, its years are whole.
    Source of the rule: docs/rules.md, 30. Treatment is counted by year of receipt: a year is whole once its last
    referrals have had time. Ends of courses are counted by year of discharge: a year is whole if courses that end on
    its first day had time to begin in the window.
#}
with provider_windows as (

    select * from {{ ref('int_provider_windows') }}

),

follow_up as (

    select * from {{ ref('int_follow_up_days') }}

),

find_whole_days as (

    select
        provider_windows.provider_code,
        follow_up.follow_up_event,
        case
            when follow_up.follow_up_event = 'end_of_course'
                then provider_windows.seen_from_date + follow_up.whole_year_days
            else provider_windows.seen_from_date
        end as first_whole_date,
        case
            when follow_up.follow_up_event = 'end_of_course' then provider_windows.window_end_date
            else
                least(
                    provider_windows.window_end_date, provider_windows.observed_until_date - follow_up.whole_year_days
                )
        end as last_whole_date
    from provider_windows
    cross join follow_up

),

find_years as (

    select
        provider_code,
        follow_up_event,
        {{ financial_year('first_whole_date - 1') }} as whole_after_financial_year,
        {{ financial_year('last_whole_date + 1') }} as whole_before_financial_year
    from find_whole_days

)

select * from find_years
