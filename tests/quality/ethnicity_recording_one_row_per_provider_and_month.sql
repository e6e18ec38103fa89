{# The grain of ethnicity_recording. #}
select
    provider_code,
    reporting_month,
    count(*) as row_count,
from {{ ref('ethnicity_recording') }}
group by provider_code, reporting_month
having count(*) > 1
