{# One row per expectation and provider size band. Source of the rule: the seed ethnicity_expectation_thresholds. #}
with results as (

    select * from {{ ref('py_ethnicity_expectations') }}

),

name_columns as (

    select
        suite,
        expectation,
        provider_size_band,
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
        meaning
    from results

)

select * from name_columns
