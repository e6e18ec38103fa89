{# Fails on a year of the input for which a printed figure of the report is missing: 16 groups in every column. #}
with figures as (

    select
        financial_year,
        outcome
    from {{ ref('benchmark_report_table_4') }}
    union all
    select
        financial_year,
        outcome
    from {{ ref('benchmark_report_table_5') }}

),

groups as (

    select count(*) as group_count
    from {{ ref('ethnic_categories') }}

)

select
    figures.financial_year,
    figures.outcome,
    count(*) as figure_count
from figures
cross join groups
group by figures.financial_year, figures.outcome, groups.group_count
having count(*) <> groups.group_count
