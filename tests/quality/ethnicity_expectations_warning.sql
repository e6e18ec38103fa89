{# Any other expectation that does not hold as of the latest month warns. #}
{{ config(severity='warn', meta={
    'means': 'expectations on how ethnicity is recorded do not hold as of the latest month',
    'look': 'quality.ethnicity_expectations where is_latest_month and not success',
    'in_demo': 'planted, one provider in 17 records poorly on purpose',
}) }}
select
    expectation,
    provider_size_band,
    observed_value,
    threshold,
    failing_providers
from {{ ref('ethnicity_expectations') }}
where severity <> 'critical' and is_latest_month and not success
