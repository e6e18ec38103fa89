{#
    One row per multilevel fit: variance between commissioners, intra-class correlation, and their intervals.
    Source of the rule: report section 3.7 (ICCs of the multilevel models).
#}
with regressions as (

    select * from {{ ref('py_regressions') }}

),

unpack_components as (

    select
        analysis,
        outcome,
        model,
        estimator,
        unnest(variance_components, recursive := true)  -- noqa: AL03
    from regressions

),

select_columns as (

    select
        analysis,
        outcome,
        model,
        estimator,
        variance,
        variance_low,
        variance_high,
        residual_variance,
        icc,
        icc_low,
        icc_high,
        cluster_count,
        is_singular,
        interval_method
    from unpack_components

)

select * from select_columns
