{{ config(materialized='table') }}
{#
    One row per provider: which days its submissions cover, and which of them count.
    Source of the rule: docs/rules.md, 28; the report takes people referred in the years held (section 3.2). A provider
    whose code changed is followed under the codes after it, and was seen under those before it; a chain of changes is
    followed over ten, so that one that runs in a circle ends.
#}
with recursive submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

successors as (

    select * from {{ ref('stg_reference__provider_successors') }}

),

find_months as (

    select
        provider_code,
        min(reporting_month) as first_day,
        last_day(max(reporting_month)) as last_day
    from submissions
    group by provider_code

),

follow_successors as (

    select
        provider_code,
        provider_code as later_provider_code,
        0 as step
    from find_months
    union all
    select
        follow_successors.provider_code,
        successors.successor_provider_code as later_provider_code,
        follow_successors.step + 1 as step
    from follow_successors
    inner join successors
        on follow_successors.later_provider_code = successors.provider_code
    where follow_successors.step < 10

),

find_last_days as (

    select
        follow_successors.provider_code,
        max(find_months.last_day) as observed_until_date
    from follow_successors
    inner join find_months
        on follow_successors.later_provider_code = find_months.provider_code
    group by follow_successors.provider_code

),

find_first_days as (

    select
        follow_successors.later_provider_code as provider_code,
        min(find_months.first_day) as seen_from_date
    from follow_successors
    inner join find_months
        on follow_successors.provider_code = find_months.provider_code
    group by follow_successors.later_provider_code

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
