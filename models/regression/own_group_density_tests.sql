{#
    One row per analysis, outcome, estimator and test, likelihood ratio: does own-group density matter, as a straight line
    (own_group_density) or in fifths (own_group_density_fifths), and does it matter otherwise in some ethnic groups
    (density_by_group)?
    Source of the rule: the seed regression_added_terms; report, appendix 1.7.
#}
with additions as (

    select * from {{ ref('py_regression_additions') }}
    where model <> 'model_1'

),

unpack_comparisons as (

    select
        analysis,
        outcome,
        estimator,
        addition,
        observation_count,
        event_count,
        unnest(model_comparison)  -- noqa: AL03
    from additions

),

unpack_tests as (

    select
        analysis,
        outcome,
        unnest(slope_tests, recursive := true)  -- noqa: AL03
    from additions

),

unite_tests as (

    select
        analysis,
        outcome,
        estimator,
        addition as density_test,
        if(p_value is null, 'not_comparable', 'tested') as test_status,
        likelihood_ratio,
        coalesce(degrees_of_freedom, 0) as degrees_of_freedom,
        p_value,
        observation_count,
        event_count
    from unpack_comparisons
    union all
    select
        analysis,
        outcome,
        slope_estimator as estimator,
        'density_by_group' as density_test,
        status as test_status,
        likelihood_ratio,
        degrees_of_freedom,
        p_value,
        observation_count,
        event_count
    from unpack_tests

)

select * from unite_tests
