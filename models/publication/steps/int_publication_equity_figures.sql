{#
    One row per financial year, area, ethnic classification, ethnic group and indicator: the published rate and gap, and how
    far it can be relied on by what is published.
    Source of the rule: as int_equity_figures, of published counts; that many outcomes are unknown is said of the true ones.
#}
with rates as (

    select * from {{ ref('rates') }}
    where period_kind = 'year' and characteristic = 'all'

),

summaries as (

    select * from {{ ref('equity_summary') }}

),

indicators as (

    select * from {{ ref('equity_indicators') }}

),

settings as (

    select * from {{ ref('equity_summary_settings') }}
    where setting = 'fewest_people'

),

judge_figures as (

    select
        rates.*,
        summaries.domain,
        summaries.indicator_order,
        summaries.indicator,
        summaries.indicator_label,
        summaries.definition,
        summaries.unit,
        indicators.is_higher_better,
        cast(left(rates.financial_year, 4) as integer) as first_year,
        case
            when not coalesce(rates.is_complete, false) then 'year_not_complete'
            when coalesce(rates.denominator_count, 0) < (select max(settings.setting_value) from settings)
                then 'few_people'
            when summaries.reliability = 'many_unknown' then 'many_unknown'
            else 'usable'
        end as reliability
    from rates
    inner join summaries
        on
            rates.measure = summaries.indicator
            and rates.financial_year = summaries.financial_year
            and rates.area_level = summaries.area_level
            and rates.area_code = summaries.area_code
            and rates.ethnic_classification = summaries.ethnic_classification
            and rates.ethnic_group = summaries.ethnic_group
    inner join indicators
        on rates.measure = indicators.indicator

)

select * from judge_figures
