{#
One row per period, measure and ethnic group of the records: the rate of all areas together, and the share whose reliable
improvement is known (report, section 3.2: first and last scores are there); the median of each wait; and how people
present in each of the three samples (section 3.5): mean first scores, and the share of those who say yes.
The group is its label; everyone is 'total', people without a valid group 'not_stated'.
Of complete years: half a year says nothing of a trend.
Source of the rule: marts.access_rates, outcome_rates, pooled_rates, experience_rates, waits and presentation.
#}
with access_rates as (

    select * from {{ ref('access_rates') }}
    where area_level = 'national' and is_complete

),

outcome_rates as (

    select * from {{ ref('outcome_rates') }}
    where area_level = 'national' and is_complete

),

pooled_rates as (

    select * from {{ ref('pooled_rates') }}
    where area_level = 'national'

),

experience_rates as (

    select * from {{ ref('experience_rates') }}
    where area_level = 'national' and is_complete

),

waits as (

    select * from {{ ref('waits') }}
    where area_level = 'national' and is_complete

),

presentation as (

    select * from {{ ref('presentation') }}
    where area_level = 'national' and is_complete and category in ('all', 'yes') and unit in ('points', 'share')

),

unite_years as (

    select * from access_rates
    union all by name
    select * from outcome_rates
    union all by name
    select * from experience_rates

),

unite_rates as (

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
    from unite_years
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

unite_figures as (

    select
        period,
        ethnic_classification,
        ethnic_group,
        measure,
        'share' as unit,
        rate as figure,
        rate_low as figure_low,
        rate_high as figure_high,
        denominator_count as people_count
    from unite_rates
    union all
    select
        period,
        ethnic_classification,
        ethnic_group,
        'known_reliable_improvement' as measure,
        'share' as unit,
        1 - unknown_share as figure,
        cast(null as double) as figure_low,
        cast(null as double) as figure_high,
        denominator_count as people_count
    from unite_rates
    where measure = 'reliable_improvement'
    union all
    select
        financial_year as period,
        ethnic_classification,
        ethnic_group,
        concat('median_days, ', wait) as measure,
        'days' as unit,
        median_days as figure,
        median_days_low as figure_low,
        median_days_high as figure_high,
        ended_wait_count as people_count
    from waits
    union all
    select
        period,
        ethnic_classification,
        ethnic_group,
        concat(characteristic, ', ', sample) as measure,
        unit,
        figure,
        figure_low,
        figure_high,
        known_count as people_count
    from presentation

),

name_groups as (

    select
        period,
        measure,
        unit,
        case
            when ethnic_classification = 'total' then ethnic_classification
            when ethnic_group = '{{ var("unknown_ethnic_group") }}' then 'not_stated'
            else ethnic_group
        end as ethnic_group,
        figure,
        figure_low,
        figure_high,
        people_count
    from unite_figures
    where
        figure is not null
        -- People without a valid group stand in both classifications.
        and (
            ethnic_classification in ('total', 'ethnic_group')
            or (
                ethnic_classification = 'high_level_ethnic_group'
                and ethnic_group <> '{{ var("unknown_ethnic_group") }}'
            )
        )

)

select * from name_groups
