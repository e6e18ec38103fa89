{{ config(severity='warn') }}
{# Files whose header is missing are used by no mart: the build says so. #}
select
    source_table,
    reason,
    record_count
from {{ ref('records_left_out') }}
where reason = 'submission_without_header'
