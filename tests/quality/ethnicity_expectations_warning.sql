{# Any other expectation that does not hold warns. #}
{{ config(severity='warn') }}
select
    expectation,
    provider_size_band,
    observed_value,
    threshold
from {{ ref('ethnicity_expectations') }}
where severity <> 'critical' and not success
