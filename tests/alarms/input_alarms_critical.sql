{# A share of refused or orphaned rows under which no figure means what it says: nothing is published. #}
select *
from {{ ref('input_alarms') }}
where severity = 'critical'
