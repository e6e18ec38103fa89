{# Who was received then is half seen, or not at all, and the year is not complete. #}
{{ config(severity='warn', meta={
    'means': 'providers sent nothing for months between their first and their last',
    'look': 'quality.missing_months',
}) }}
select *
from {{ ref('missing_months') }}
