{# A critical expectation that does not hold as of the latest month fails the build. #}
select
    expectation,
    provider_size_band,
    observed_value,
    threshold
from {{ ref('ethnicity_expectations') }}
where severity = 'critical' and is_latest_month and not success
