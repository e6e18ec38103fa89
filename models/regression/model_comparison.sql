{#
    One row per fit: the model against the one before it, on the same rows.
    Source of the rule: report section 3.6.2 (staged models); likelihood-ratio test, AIC, pseudo R-squared.
#}
with regressions as (

    select * from {{ ref('py_regressions') }}

),

unpack_comparisons as (

    select
        analysis,
        outcome,
        model,
        estimator,
        unnest(model_comparison)  -- noqa: AL03
    from regressions

),

select_columns as (

    select
        analysis,
        outcome,
        model,
        estimator,
        previous_model,
        likelihood_ratio,
        degrees_of_freedom,
        p_value,
        aic,
        aic_change,
        bic,
        pseudo_r_squared,
        pseudo_r_squared_change
    from unpack_comparisons

)

select * from select_columns
