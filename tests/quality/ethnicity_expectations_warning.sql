{# Any other expectation that does not hold as of the latest month warns. #}
{{ config(severity='warn') }}
select
    expectation,
    provider_size_band,
    observed_value,
    threshold,
    failing_providers
from {{ ref('ethnicity_expectations') }}
where severity <> 'critical' and is_latest_month and not success
