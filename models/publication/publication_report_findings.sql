{{ config(alias='report_findings') }}
{#
    One row per sentence of the report, source of data and period: whether our data bear it out. Counts are of
    comparisons, not of people.
#}
with report_findings as (

    select * from {{ ref('report_findings') }}

)

select * from report_findings
