{# A critical expectation that does not hold fails the build. #}
select
    expectation,
    provider_size_band,
    observed_value,
    threshold
from {{ ref('ethnicity_expectations') }}
where severity = 'critical' and not success
