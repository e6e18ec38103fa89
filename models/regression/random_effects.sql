{#
    One row per multilevel fit and commissioner: its effect on the outcome, given the terms of the model.
    Source of the rule: report section 3.7 (commissioner as a random effect).
#}
with regressions as (

    select * from {{ ref('py_regressions') }}

),

unpack_cluster_effects as (

    select
        analysis,
        outcome,
        model,
        estimator,
        unnest(random_effects, recursive := true)  -- noqa: AL03
    from regressions

),

select_columns as (

    select
        analysis,
        outcome,
        model,
        estimator,
        cluster as commissioner_code,
        effect,
        standard_error,
        confidence_low,
        confidence_high,
        cluster_observation_count as observation_count
    from unpack_cluster_effects

)

select * from select_columns
