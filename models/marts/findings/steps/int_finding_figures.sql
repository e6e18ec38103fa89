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

published_referrals as (

    select * from {{ ref('published_counts') }}
    where organisation_level = 'national' and measure = 'referrals_received'

),

record_figures as (

    select * from {{ ref('int_finding_record_figures') }}

),

printed_figures as (

    select * from {{ ref('int_finding_printed_figures') }}

),

take_published_rates as (

    select
        'published_statistics' as data_source,
        financial_year as period,
        outcome as measure,
        'share' as unit,
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

take_published_counts as (

    select
        'published_statistics' as data_source,
        financial_year as period,
        measure,
        'referrals' as unit,
        case
            when ethnic_classification in ('total', 'not_stated') then ethnic_classification
            else ethnic_group
        end as ethnic_group,
        cast(count_value as double) as figure,
        cast(null as double) as figure_low,
        cast(null as double) as figure_high,
        count_value as people_count
    from published_referrals
    where count_value is not null

),

unite_sources as (

    select * from take_published_rates
    union all
    select * from take_published_counts
    union all
    select
        'raw_data' as data_source,
        period,
        measure,
        unit,
        ethnic_group,
        figure,
        figure_low,
        figure_high,
        people_count
    from record_figures
    union all
    select
        'printed_tables' as data_source,
        period,
        measure,
        unit,
        ethnic_group,
        figure,
        figure_low,
        figure_high,
        people_count
    from printed_figures

),

mark_years as (

    select
        data_source,
        period,
        -- A pooled period of several years has no year before.
        case when length(period) = 7 then cast(left(period, 4) as integer) end as start_year,
        measure,
        unit,
        ethnic_group,
        figure,
        figure_low,
        figure_high,
        people_count
    from unite_sources

)

select * from mark_years
