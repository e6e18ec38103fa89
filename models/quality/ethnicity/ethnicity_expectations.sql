{# One row per expectation, provider size band and reporting month. Source of the rule: the seed
   ethnicity_expectation_thresholds. #}
with results as (

    select * from {{ ref('py_ethnicity_expectations') }}

),

name_columns as (

    select
        suite,
        expectation,
        provider_size_band,
        reporting_month,
        is_latest_month,
        expectation_type,
        column_name,
        severity,
        success,
        observed_value,
        threshold,
        minimum,
        maximum,
        row_count,
        unexpected_count,
        failing_provider_count,
        failing_providers,
        meaning
    from results

)

select * from name_columns
