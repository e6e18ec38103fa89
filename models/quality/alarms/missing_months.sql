{#
    One row per provider of whose time months are missing, and which: once for a chain of codes, under the one that it had
    last before them. Source of the rule: docs/rules.md, 28.
#}
with missing_months as (

    select * from {{ ref('int_missing_months') }}

),

chains as (

    select * from {{ ref('int_provider_chains') }}

),

submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

find_first_months as (

    select
        provider_code,
        min(reporting_month) as first_month
    from submissions
    group by provider_code

),

-- Months under an earlier code are that one's, those after a later code began the later one's.
keep_own as (

    select
        missing_months.provider_code,
        missing_months.reporting_month
    from missing_months
    inner join chains
        on missing_months.provider_code = chains.provider_code
    inner join find_first_months
        on
            chains.later_provider_code = find_first_months.provider_code
            and missing_months.reporting_month > find_first_months.first_month
    group by missing_months.provider_code, missing_months.reporting_month
    having
        count(*) = 1
        and max(chains.later_provider_code) = missing_months.provider_code

),

list_months as (

    select
        provider_code,
        min(reporting_month) as first_missing_month,
        max(reporting_month) as last_missing_month,
        count(*) as missing_month_count,
        string_agg(left(cast(reporting_month as varchar), 7), ', ' order by reporting_month) as missing_months
    from keep_own
    group by provider_code

)

select * from list_months
