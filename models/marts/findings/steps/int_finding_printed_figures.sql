{#
One row per financial year, measure and ethnic group printed in the report, as a proportion. Tables 4 and 5 print no counts.
Source of the rule: report, Tables 4 and 5.
#}
with printed_access as (

    select * from {{ ref('report_table_4') }}

),

printed_outcomes as (

    select * from {{ ref('report_table_5') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

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
        printed.financial_year as period,
        printed.outcome as measure,
        'share' as unit,
        ethnic_categories.ethnic_group,
        cast(printed.printed_percentage as double) / 100 as figure,
        cast(null as double) as figure_low,
        cast(null as double) as figure_high,
        cast(null as bigint) as people_count
    from unite_printed_tables as printed
    inner join ethnic_categories
        on printed.ethnic_category_code = ethnic_categories.ethnic_category_code

)

select * from take_printed_tables
