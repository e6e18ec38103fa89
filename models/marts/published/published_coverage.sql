{#
One row per financial year, type of organisation and classification of people: how many organisations, and how many of
their rates are known.
Source of the rule: published_outcomes and published_deprivation_outcomes, counted.
#}
with ethnic_outcomes as (

    select * from {{ ref('published_outcomes') }}

),

deprivation_outcomes as (

    select * from {{ ref('published_deprivation_outcomes') }}

),

unite_breakdowns as (

    select
        financial_year,
        organisation_level,
        organisation_type,
        organisation_code,
        ethnic_classification as classification,
        is_count_rounded,
        outcome,
        rate_status,
        best_rate_source
    from ethnic_outcomes
    union all
    select
        financial_year,
        organisation_level,
        organisation_type,
        organisation_code,
        'deprivation' as classification,
        is_count_rounded,
        outcome,
        rate_status,
        best_rate_source
    from deprivation_outcomes

),

count_rates as (

    select
        financial_year,
        organisation_level,
        organisation_type,
        classification,
        is_count_rounded,
        count(distinct organisation_code) as organisation_count,
        count(distinct outcome) as outcome_count,
        count(*) as rate_count,
        count(*) filter (where best_rate_source = 'counts') as rate_from_counts_count,
        count(*) filter (where best_rate_source = 'published_percentage') as rate_from_percentage_count,
        count(*) filter (where best_rate_source is null and rate_status = 'suppressed') as suppressed_rate_count
    from unite_breakdowns
    group by all

)

select * from count_rates
