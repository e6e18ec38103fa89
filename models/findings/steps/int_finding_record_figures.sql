{#
One row per period, measure and ethnic group of the records: the rate of all areas together, and the share whose reliable
improvement is known (report, section 3.2: first and last scores are there).
The group is its label; everyone is 'total', people without a valid group 'not_stated'.
Source of the rule: marts.access_rates, outcome_rates and pooled_rates.
#}
with access_rates as (

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
    where ethnic_classification <> 'high_level_ethnic_group' or ethnic_group <> '{{ var("unknown_ethnic_group") }}'

),

take_record_rates as (

    select
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

take_known_shares as (

    select
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

unite_figures as (

    select * from take_record_rates
    union all
    select * from take_known_shares

)

select * from unite_figures
