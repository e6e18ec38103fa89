{{ config(materialized='table') }}
{#
    One row per provider: which days its submissions cover, and which of them count.
    Source of the rule: docs/rules.md, 28; the report takes people referred in the years held (section 3.2). A provider
    whose code changed is followed under the codes after it, and was seen under those before it.
#}
with submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

chains as (

    select * from {{ ref('int_provider_chains') }}

),

find_months as (

    select
        provider_code,
        min(reporting_month) as first_day,
        last_day(max(reporting_month)) as last_day
    from submissions
    group by provider_code

),

find_last_days as (

    select
        chains.provider_code,
        max(find_months.last_day) as observed_until_date
    from chains
    inner join find_months
        on chains.later_provider_code = find_months.provider_code
    group by chains.provider_code

),

find_first_days as (

    select
        chains.later_provider_code as provider_code,
        min(find_months.first_day) as seen_from_date
    from chains
    inner join find_months
        on chains.provider_code = find_months.provider_code
    group by chains.later_provider_code

),

limit_windows as (

    select
        find_months.provider_code,
        {{ window_start('find_months.first_day') }} as window_start_date,
        {{ window_end('find_last_days.observed_until_date') }} as window_end_date,
        {{ window_start('find_first_days.seen_from_date') }} as seen_from_date,
        find_last_days.observed_until_date
    from find_months
    inner join find_last_days
        on find_months.provider_code = find_last_days.provider_code
    inner join find_first_days
        on find_months.provider_code = find_first_days.provider_code

)

select * from limit_windows
