{{ config(materialized='table') }}
{#
    One row per year, area and measure: whether the year is complete, with nothing of it to come or cut off.
    Source of the rule: docs/rules.md, 30. All but a few per cent (seed clinical_rules) of the area's referrals or courses
    of the year must be of providers whose window covers the whole of it, without a month missing.
#}
with referrals as (

    select * from {{ ref('fct_referrals') }}

),

episodes as (

    select * from {{ ref('fct_episodes') }}

),

coverage as (

    select * from {{ ref('int_provider_coverage') }}

),

broken_years as (

    select * from {{ ref('int_provider_broken_years') }}

),

areas as (

    select * from {{ ref('int_areas') }}

),

outcome_measures as (

    select * from {{ ref('outcome_measures') }}

),

count_by_provider as (

    select
        'fct_referrals' as source_model,
        referral_financial_year as financial_year,
        provider_code,
        commissioner_code,
        count(*) as row_count
    from referrals
    group by all
    union all
    select
        'fct_episodes' as source_model,
        discharge_financial_year as financial_year,
        provider_code,
        commissioner_code,
        count(*) as row_count
    from episodes
    group by all

),

find_broken as (

    select distinct
        count_by_provider.provider_code,
        count_by_provider.financial_year,
        broken_years.follow_up_event
    from count_by_provider
    inner join broken_years
        on
            count_by_provider.provider_code = broken_years.provider_code
            and count_by_provider.financial_year
            between broken_years.first_broken_financial_year and broken_years.last_broken_financial_year

),

count_covered as (

    select
        count_by_provider.financial_year,
        areas.area_level,
        areas.area_code,
        outcome_measures.measure,
        sum(count_by_provider.row_count) as row_count,
        sum(
            case
                when
                    find_broken.provider_code is null
                    and count_by_provider.financial_year > coverage.whole_after_financial_year
                    and count_by_provider.financial_year < coverage.whole_before_financial_year
                    then count_by_provider.row_count
                else 0
            end
        ) as covered_count
    from count_by_provider
    inner join areas
        on
            count_by_provider.provider_code = areas.provider_code
            and count_by_provider.commissioner_code is not distinct from areas.commissioner_code
    inner join outcome_measures
        on count_by_provider.source_model = outcome_measures.source_model
    inner join coverage
        on
            count_by_provider.provider_code = coverage.provider_code
            and outcome_measures.follow_up_event = coverage.follow_up_event
    left join find_broken
        on
            count_by_provider.provider_code = find_broken.provider_code
            and count_by_provider.financial_year = find_broken.financial_year
            and outcome_measures.follow_up_event = find_broken.follow_up_event
    group by all

),

compare_shares as (

    select
        financial_year,
        area_level,
        area_code,
        measure,
        (row_count - covered_count) * 100 <= {{ rule_value('incomplete_year_maximum_percentage') }} * row_count
            as is_complete
    from count_covered

)

select * from compare_shares
