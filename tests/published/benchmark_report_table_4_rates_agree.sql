{{ config(severity='warn', meta={
    'means': 'rates of the report and ours differ',
    'look': 'marts.benchmark_report_table_4',
}) }}
{#
Warns of a rate of Table 4 that the published counts do not give. No error, since the files of first treatments were not
at hand when this was written: what the report divided is inferred, and the publisher revises files.
#}
select *
from {{ ref('benchmark_report_table_4') }}
where not is_agreed
