{#
    One row per outcome, model and ethnic group: the predicted outcome on the rows that every model of the outcome has,
    beside the one on the model's own rows.
    Source of the rule: report Figure 7, which shows Models 1 to 5 side by side; models of one figure should speak of the
    same people.
#}
with regressions as (

    select * from {{ ref('py_regressions') }}

),

predicted_probabilities as (

    select * from {{ ref('predicted_probabilities') }}
    where population = 'single_level'

),

unpack_common as (

    select
        analysis,
        outcome,
        model,
        estimator,
        common_observation_count,
        common_event_count,
        unnest(common_predictions, recursive := true)  -- noqa: AL03
    from regressions

),

put_side_by_side as (

    select
        unpack_common.analysis,
        unpack_common.outcome,
        unpack_common.model,
        unpack_common.level,
        own_rows.level_label,
        unpack_common.reference_level,
        unpack_common.prediction as common_prediction,
        unpack_common.confidence_low as common_low,
        unpack_common.confidence_high as common_high,
        unpack_common.difference as common_difference,
        unpack_common.difference_low as common_difference_low,
        unpack_common.difference_high as common_difference_high,
        unpack_common.common_observation_count,
        unpack_common.common_event_count,
        own_rows.prediction as own_prediction,
        own_rows.confidence_low as own_low,
        own_rows.confidence_high as own_high,
        own_rows.difference as own_difference,
        own_rows.difference_low as own_difference_low,
        own_rows.difference_high as own_difference_high,
        own_rows.observation_count as own_observation_count,
        own_rows.observation_count - unpack_common.common_observation_count as not_in_common_count
    from unpack_common
    left join predicted_probabilities as own_rows
        on
            unpack_common.analysis = own_rows.analysis
            and unpack_common.outcome = own_rows.outcome
            and unpack_common.model = own_rows.model
            and unpack_common.estimator = own_rows.estimator
            and unpack_common.level = own_rows.level

)

select * from put_side_by_side
