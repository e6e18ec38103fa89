{#
    One row per addition, analysis, outcome, model, estimator and coefficient: models without (1) and with (2) own-group density, as a
    straight line or in fifths, on the same rows.
    Source of the rule: the seed regression_added_terms, row by row; report, appendix 1.7.
#}
with additions as (

    select * from {{ ref('py_regression_additions') }}

),

added_terms as (

    select * from {{ ref('regression_added_terms') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

unpack_estimates as (

    select
        addition,
        analysis,
        outcome,
        model,
        estimator,
        observation_count,
        event_count,
        unnest(estimates, recursive := true)  -- noqa: AL03
    from additions

),

label_levels as (

    select
        unpack_estimates.*,
        added_terms.unit_label,
        coalesce(ethnic_categories.ethnic_group, unpack_estimates.level) as level_label,
        case
            when starts_with(unpack_estimates.estimator, 'logistic') then exp(unpack_estimates.estimate)
        end as odds_ratio,
        case
            when starts_with(unpack_estimates.estimator, 'logistic') then exp(unpack_estimates.confidence_low)
        end as odds_ratio_low,
        case
            when starts_with(unpack_estimates.estimator, 'logistic') then exp(unpack_estimates.confidence_high)
        end as odds_ratio_high
    from unpack_estimates
    left join added_terms
        on
            unpack_estimates.addition = added_terms.addition
            and unpack_estimates.analysis = added_terms.analysis
            and unpack_estimates.term = added_terms.term
    left join ethnic_categories
        on
            unpack_estimates.term = 'ethnic_group'
            and unpack_estimates.level = ethnic_categories.ethnic_category_code

)

select * from label_levels
