{#
    One row per analysis, outcome, model and test: are the contrasts with White British the same in every year? Likelihood
    ratio of the model with products of ethnic group and year against the one without.
    Source of the rule: report sections 3.4.1 to 3.4.4 (changes over time).
#}
with regressions as (

    select * from {{ ref('py_regressions') }}

),

unpack_tests as (

    select
        analysis,
        outcome,
        model,
        unnest(year_tests, recursive := true)  -- noqa: AL03
    from regressions

),

select_columns as (

    select
        analysis,
        outcome,
        model,
        test as interaction_test,
        status as test_status,
        likelihood_ratio,
        degrees_of_freedom,
        p_value,
        observation_count,
        event_count,
        year_count
    from unpack_tests

)

select * from select_columns
