{#
    One row per financial year, area, ethnic classification, ethnic group and indicator: the published rate and gap, and how
    far it can be relied on by what is published.
    Source of the rule: as int_equity_figures, of published counts. How many outcomes are unknown is not published: that
    they are many is said of an indicator and year as a whole, by everybody in England, and not of a group or an area, of
    which it would bound a count that may be suppressed.
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

find_many_unknown as (

    select
        indicator,
        financial_year
    from summaries
    where area_level = 'national' and ethnic_classification = 'total' and reliability = 'many_unknown'

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
            when find_many_unknown.indicator is not null then 'many_unknown'
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
    left join find_many_unknown
        on
            rates.measure = find_many_unknown.indicator
            and rates.financial_year = find_many_unknown.financial_year

)

select * from judge_figures
