{# What deserves a look before the figures: the build warns, and its summary names the worst. #}
{{ config(severity='warn', meta={
    'means': 'kept rows hang on nothing, or break another rule, more often than usual',
    'look': 'quality.kept_row_alarms',
}) }}
select *
from {{ ref('kept_row_alarms') }}
where severity <> 'critical'
