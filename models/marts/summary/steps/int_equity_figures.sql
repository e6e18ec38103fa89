{#
One row per financial year, area, ethnic classification, ethnic group and indicator: the figure, its gap to White British,
and how far it can be relied on.
Source of the rule: seeds equity_indicators and equity_summary_settings; the first reason that applies is given.
#}
with rates as (

    select * from {{ ref('access_rates') }}
    union all
    select * from {{ ref('pathway_rates') }}
    union all
    select * from {{ ref('wait_rates') }}
    union all
    select * from {{ ref('outcome_rates') }}

),

indicators as (

    select * from {{ ref('equity_indicators') }}

),

settings as (

    select
        max(setting_value) filter (where setting = 'fewest_people') as fewest_people,
        max(setting_value) filter (where setting = 'largest_unknown_share') as largest_unknown_share
    from {{ ref('equity_summary_settings') }}

),

choose_indicators as (

    select
        rates.*,
        indicators.indicator,
        indicators.indicator_order,
        indicators.domain,
        indicators.unit,
        indicators.is_higher_better,
        case
            when not coalesce(rates.is_complete, false) then 'year_not_complete'
            when rates.denominator_count < settings.fewest_people then 'few_people'
            when rates.unknown_share > settings.largest_unknown_share then 'many_unknown'
            else 'usable'
        end as reliability
    from rates
    inner join indicators
        on rates.measure = indicators.indicator
    cross join settings

)

select * from choose_indicators
