{#
One row per source, period, measure and ethnic group: a figure for England (or all that the records hold) that a finding
of the report can be held against, with its 95% interval and the people it counts.
The group is its label; everyone is 'total', people without a valid group 'not_stated'.
Source of the rule: the marts of the rates and of the published statistics, and the report's Tables 4 and 5 as printed.
#}
with published_outcomes as (

    select * from {{ ref('published_outcomes') }}
    where organisation_level = 'national'

),

access_rates as (

    select * from {{ ref('access_rates') }}
    where area_level = 'national'

),

outcome_rates as (

    select * from {{ ref('outcome_rates') }}
    where area_level = 'national'

),

pooled_rates as (

    select * from {{ ref('pooled_rates') }}
    where area_level = 'national'

),

printed_access as (

    select * from {{ ref('report_table_4') }}

),

printed_outcomes as (

    select * from {{ ref('report_table_5') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

take_published_rates as (

    select
        'published statistics' as figure_source,
        financial_year as period,
        outcome as measure,
        case
            when ethnic_classification in ('total', 'not_stated') then ethnic_classification
            else ethnic_group
        end as ethnic_group,
        rate as figure,
        rate_low as figure_low,
        rate_high as figure_high,
        denominator_count as people_count
    from published_outcomes
    where rate is not null

),

unite_record_rates as (

    select
        financial_year as period,
        ethnic_classification,
        ethnic_group,
        measure,
        rate,
        rate_low,
        rate_high,
        denominator_count,
        unknown_share
    from access_rates
    union all
    select
        financial_year as period,
        ethnic_classification,
        ethnic_group,
        measure,
        rate,
        rate_low,
        rate_high,
        denominator_count,
        unknown_share
    from outcome_rates
    union all
    select
        financial_years as period,
        ethnic_classification,
        ethnic_group,
        measure,
        rate,
        rate_low,
        rate_high,
        denominator_count,
        unknown_share
    from pooled_rates

),

name_record_groups as (

    select
        *,
        case
            when ethnic_classification = 'total' then ethnic_classification
            when ethnic_group = '{{ var("unknown_ethnic_group") }}' then 'not_stated'
            else ethnic_group
        end as group_name
    from unite_record_rates
    -- People without a valid group stand in both classifications.
    where not (
        ethnic_classification = 'high_level_ethnic_group' and ethnic_group = '{{ var("unknown_ethnic_group") }}'
    )

),

take_record_rates as (

    select
        'records' as figure_source,
        period,
        measure,
        group_name as ethnic_group,
        rate as figure,
        rate_low as figure_low,
        rate_high as figure_high,
        denominator_count as people_count
    from name_record_groups
    where rate is not null

),

-- First and last scores are there for those whose reliable improvement is known (report, section 3.2).
take_known_shares as (

    select
        'records' as figure_source,
        period,
        'known_reliable_improvement' as measure,
        group_name as ethnic_group,
        1 - unknown_share as figure,
        cast(null as double) as figure_low,
        cast(null as double) as figure_high,
        denominator_count as people_count
    from name_record_groups
    where measure = 'reliable_improvement' and unknown_share is not null

),

unite_printed_tables as (

    select
        ethnic_category_code,
        financial_year,
        outcome,
        printed_percentage
    from printed_access
    union all
    select
        ethnic_category_code,
        financial_year,
        outcome,
        printed_percentage
    from printed_outcomes

),

take_printed_tables as (

    select
        'printed tables' as figure_source,
        printed.financial_year as period,
        printed.outcome as measure,
        ethnic_categories.ethnic_group,
        cast(printed.printed_percentage as double) / 100 as figure,
        cast(null as double) as figure_low,
        cast(null as double) as figure_high,
        cast(null as bigint) as people_count
    from unite_printed_tables as printed
    inner join ethnic_categories
        on printed.ethnic_category_code = ethnic_categories.ethnic_category_code

),

unite_sources as (

    select * from take_published_rates
    union all
    select * from take_record_rates
    union all
    select * from take_known_shares
    union all
    select * from take_printed_tables

),

mark_years as (

    select
        figure_source,
        period,
        -- A pooled period of several years has no year before.
        case when length(period) = 7 then cast(left(period, 4) as integer) end as start_year,
        measure,
        'share' as unit,
        ethnic_group,
        figure,
        figure_low,
        figure_high,
        people_count
    from unite_sources

)

select * from mark_years
