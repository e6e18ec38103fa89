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

level_labels as (

    select * from {{ ref('int_level_labels') }}

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
        coalesce(level_labels.level_label, unpack_estimates.level) as level_label,
        {{ odds_ratio('unpack_estimates', 'estimate') }} as odds_ratio,
        {{ odds_ratio('unpack_estimates', 'confidence_low') }} as odds_ratio_low,
        {{ odds_ratio('unpack_estimates', 'confidence_high') }} as odds_ratio_high
    from unpack_estimates
    left join added_terms
        on
            unpack_estimates.addition = added_terms.addition
            and unpack_estimates.analysis = added_terms.analysis
            and unpack_estimates.term = added_terms.term
    left join level_labels
        on
            unpack_estimates.term = level_labels.term
            and unpack_estimates.level = level_labels.ethnic_category_code

)

select * from label_levels
