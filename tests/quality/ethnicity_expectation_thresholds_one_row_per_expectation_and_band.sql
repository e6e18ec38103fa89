{# The grain of ethnicity_expectation_thresholds. #}
select
    expectation,
    provider_size_band,
    count(*) as row_count,
from {{ ref('ethnicity_expectation_thresholds') }}
group by expectation, provider_size_band
having count(*) > 1
