{#
    Question: which findings of the report did England's published counts bear out in the last of its years, and which
    do they still?
    One row per finding that published statistics answer: the verdict of the last year that the report speaks of, and
    of the latest year published.
    Answer, of England's published counts: of 44 findings 31 held in the last year that the report speaks of, and 31
    hold in 2024-25.
#}
with findings as (

    select * from {{ ref('report_findings') }}
    where data_source = 'published_statistics'

),

find_years as (

    select
        finding_id,
        max(period) filter (where is_period_of_report) as last_year_of_report,
        max(period) as latest_year
    from findings
    group by finding_id

),

compare_years as (

    select
        findings.finding_id,
        findings.section,
        findings.finding,
        find_years.last_year_of_report,
        max(findings.verdict) filter (where findings.period = find_years.last_year_of_report) as verdict_then,
        find_years.latest_year,
        max(findings.verdict) filter (where findings.period = find_years.latest_year) as verdict_now,
        max(findings.contradiction) as contradiction
    from findings
    inner join find_years
        on findings.finding_id = find_years.finding_id
    group by all

)

select * from compare_years
order by finding_id
