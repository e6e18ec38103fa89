{#
One row per source and measure: the first year that it has figures of. Records that begin after the year that a finding
compares with are compared with their first.
Source of the rule: the seed report_statements, column baseline.
#}
with figures as (

    select * from {{ ref('int_finding_figures') }}

),

find_first_years as (

    select
        data_source,
        measure,
        min(start_year) as first_held_year
    from figures
    group by data_source, measure

)

select * from find_first_years
