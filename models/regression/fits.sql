{#
    One row per fit: what was fitted on which rows, how well, and from which input.
    Source of the rule: report sections 3.4.3, 3.4.4, 3.6.2 (Table 6) and 3.7, as the seeds of this folder hold them.
#}
with regressions as (

    select * from {{ ref('py_regressions') }}

),

select_columns as (

    select
        analysis,
        outcome,
        model,
        estimator,
        formula,
        sample,
        source_row_count,
        outside_window_count,
        too_recent_count,
        left_out_count,
        left_out_by_rule_count,
        missing_outcome_count,
        missing_numeric_count,
        missing_counts,
        observation_count,
        event_count,
        unit_count,
        parameter_count,
        log_likelihood,
        null_log_likelihood,
        residual_variance,
        status,
        is_converged,
        iteration_count,
        notes,
        input_fingerprint,
        package_versions
    from regressions

)

select * from select_columns
