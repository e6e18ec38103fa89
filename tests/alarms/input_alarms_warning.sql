{# What deserves a look before the figures: the build warns, and its summary names the worst. #}
{{ config(severity='warn') }}
select *
from {{ ref('input_alarms') }}
where severity <> 'critical'
