{{ config(materialized='table') }}
{#
    One row per provider and month of its time in which nothing was submitted for it: neither by itself nor, before or
    after a change of its code, under another of its codes. Its time is from the first such month to the last.
    Source of the rule: docs/rules.md, 28.
#}
with recursive submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

chains as (

    select * from {{ ref('int_provider_chains') }}

),

join_codes as (

    select
        provider_code,
        later_provider_code as other_provider_code
    from chains
    union
    select
        later_provider_code as provider_code,
        provider_code as other_provider_code
    from chains

),

find_months_sent as (

    select distinct
        join_codes.provider_code,
        submissions.reporting_month
    from join_codes
    inner join submissions
        on join_codes.other_provider_code = submissions.provider_code

),

list_months as (

    select
        provider_code,
        min(reporting_month) as reporting_month,
        max(reporting_month) as last_month
    from find_months_sent
    group by provider_code
    union all
    select
        provider_code,
        last_day(reporting_month) + 1 as reporting_month,
        last_month
    from list_months
    where reporting_month < last_month

),

keep_missing as (

    select
        list_months.provider_code,
        list_months.reporting_month
    from list_months
    left join find_months_sent
        on
            list_months.provider_code = find_months_sent.provider_code
            and list_months.reporting_month = find_months_sent.reporting_month
    where find_months_sent.provider_code is null

)

select * from keep_missing
