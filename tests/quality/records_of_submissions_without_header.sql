{{ config(severity='warn', meta={
    'means': 'tables hold rows whose submission has no readable header, which no mart uses',
    'look': 'quality.quarantine where reason_code is submission_without_header',
}) }}
{# Files whose header is missing are used by no mart: the build says so. #}
select
    source_table,
    count(*) as record_count
from {{ ref('quarantine') }}
where reason_code = 'submission_without_header'
group by source_table
