{#
    One row per fit of an alternative and coefficient, as estimates has them of the main models.
    Source of the rule: the seed regression_alternatives, row by row.
#}
with alternatives as (

    select * from {{ ref('py_regression_alternatives') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

unpack_estimates as (

    select
        alternative,
        analysis,
        outcome,
        model,
        estimator,
        observation_count,
        event_count,
        unnest(estimates, recursive := true)  -- noqa: AL03
    from alternatives

),

label_levels as (

    select
        unpack_estimates.*,
        coalesce(ethnic_categories.ethnic_group, unpack_estimates.level) as level_label,
        case when unpack_estimates.estimator = 'logistic' then exp(unpack_estimates.estimate) end as odds_ratio,
        case when unpack_estimates.estimator = 'logistic' then exp(unpack_estimates.confidence_low) end
            as odds_ratio_low,
        case when unpack_estimates.estimator = 'logistic' then exp(unpack_estimates.confidence_high) end
            as odds_ratio_high
    from unpack_estimates
    left join ethnic_categories
        on
            unpack_estimates.term = 'ethnic_group'
            and unpack_estimates.level = ethnic_categories.ethnic_category_code

)

select * from label_levels
