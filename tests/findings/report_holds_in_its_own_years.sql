{{ config(severity='warn', meta={
    'means': 'a finding of the report fails in its own years, and the report is not known to contradict itself there',
    'look': 'marts.report_findings',
}) }}
{#
Warns of a finding that published counts or the report's own tables refute in a year that the report says it of, where
the seed names no contradiction. No error, since the publisher revises counts.
#}
select *
from {{ ref('report_findings') }}
where
    is_period_of_report
    and data_source in (
        select data_source
        from {{ ref('report_statement_sources') }}
        where is_complete_count
    )
    and verdict = 'does not hold'
    and contradiction is null
