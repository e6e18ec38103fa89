{#
    One row per fit, population and ethnic group: the outcome expected if everyone belonged to the group.
    Source of the rule: report Figure 7 (estimated probability by ethnic group, Models 1 to 5).
#}
with regressions as (

    select * from {{ ref('py_regressions') }}

),

level_labels as (

    select * from {{ ref('int_level_labels') }}

),

unpack_predictions as (

    select
        analysis,
        outcome,
        model,
        estimator,
        observation_count,
        unnest(predicted_probabilities, recursive := true)  -- noqa: AL03
    from regressions

),

label_levels as (

    select
        unpack_predictions.analysis,
        unpack_predictions.outcome,
        unpack_predictions.model,
        unpack_predictions.estimator,
        unpack_predictions.term,
        unpack_predictions.level,
        level_labels.level_label,
        unpack_predictions.reference_level,
        unpack_predictions.population,
        unpack_predictions.prediction,
        unpack_predictions.standard_error,
        unpack_predictions.confidence_low,
        unpack_predictions.confidence_high,
        unpack_predictions.difference,
        unpack_predictions.difference_standard_error,
        unpack_predictions.difference_low,
        unpack_predictions.difference_high,
        unpack_predictions.difference_p_value,
        unpack_predictions.observation_count
    from unpack_predictions
    left join level_labels
        on unpack_predictions.level = level_labels.ethnic_category_code

)

select * from label_levels
