{# One row per provider, reporting month and measure of recording: is the month a break with the months before?
   Source of the rule: int_ethnicity_control_limits. #}
with control_limits as (

    select * from {{ ref('int_ethnicity_control_limits') }}

),

select_columns as (

    select
        provider_code,
        reporting_month,
        measure,
        observed_share,
        share_change,
        baseline_month_count,
        centre_line,
        lower_limit,
        upper_limit,
        is_outside_limits
    from control_limits

)

select * from select_columns
