{# One sample for all models of an outcome, that of the largest; the largest model predicts the same on both. #}
with predictions_on_common_sample as (

    select * from {{ ref('predictions_on_common_sample') }}

),

find_largest as (

    select
        analysis,
        outcome,
        max(model) as model,
        min(own_observation_count) as least_count
    from predictions_on_common_sample
    group by analysis, outcome

),

find_differences as (

    select
        predictions_on_common_sample.outcome,
        predictions_on_common_sample.model,
        predictions_on_common_sample.level
    from predictions_on_common_sample
    inner join find_largest
        on
            predictions_on_common_sample.analysis = find_largest.analysis
            and predictions_on_common_sample.outcome = find_largest.outcome
    where
        predictions_on_common_sample.common_observation_count <> find_largest.least_count
        or predictions_on_common_sample.not_in_common_count < 0
        or (
            predictions_on_common_sample.model = find_largest.model
            and predictions_on_common_sample.common_prediction
            is distinct from predictions_on_common_sample.own_prediction
        )

)

select * from find_differences
