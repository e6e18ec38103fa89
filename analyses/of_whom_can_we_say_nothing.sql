{#
    Question: of how many groups in how many areas are there too few people to say anything in a year?
    One row per level of area, the 16 ethnic groups, the latest complete year of recovery: how many figures there are,
    how many rest on too few people, and of how many gaps chance cannot be ruled out. Where most do, pooled_rates says
    more.
    On the demo set 661 of 747 figures of providers rest on too few people (88%), of boards 78%; of England 1 of 17.
#}
with equity_summary as (

    select * from {{ ref('equity_summary') }}
    where indicator = 'recovery' and ethnic_classification = 'ethnic_group'

),

latest_year as (

    select max(financial_year) filter (where reliability = 'usable') as financial_year
    from equity_summary

),

count_figures as (

    select
        equity_summary.area_level,
        count(*) as figure_count,
        count(*) filter (where equity_summary.reliability = 'few_people') as few_people_count,
        count(*) filter (where equity_summary.gap_reading = 'no_clear_difference') as may_be_chance_count,
        count(*) filter (where equity_summary.gap_reading in ('worse', 'better')) as beyond_chance_count,
        round(
            100.0 * count(*) filter (where equity_summary.reliability = 'few_people') / count(*), 0
        ) as few_people_percentage
    from equity_summary
    inner join latest_year
        on equity_summary.financial_year = latest_year.financial_year
    group by equity_summary.area_level

)

select * from count_figures
order by figure_count, area_level
