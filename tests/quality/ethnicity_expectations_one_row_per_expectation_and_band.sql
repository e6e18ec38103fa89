{# The grain of ethnicity_expectations. #}
select
    expectation,
    provider_size_band,
    count(*) as row_count,
from {{ ref('ethnicity_expectations') }}
group by expectation, provider_size_band
having count(*) > 1
