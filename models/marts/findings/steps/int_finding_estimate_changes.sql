{#
One row per finding about two models or estimators, measure, group and model: how the adjusted gap to White British
differs from the other's; where it is to be smaller, how much nearer to none it is.
No interval: the two estimates rest on the same people. Intervals of changes from one model to the next stand in
regression.coefficient_changes.
Source of the rule: the tables of the regressions; report, sections 3.6.2 (Figure 7) and 3.7.
#}
with questions as (

    select * from {{ ref('int_finding_questions') }}
    where comparison in ('change by model', 'change by estimator', 'change of prediction')

),

estimates as (

    select
        *,
        case when estimator like '%multilevel' then 'multilevel' else 'single level' end as estimator_kind,
        -- What has no finite estimate, or rests on too few, tells nothing.
        estimate_status = 'estimated' as is_reliable
    from {{ ref('estimates') }}

),

predictions as (

    select
        *,
        case when estimator like '%multilevel' then 'multilevel' else 'single level' end as estimator_kind
    from {{ ref('predicted_probabilities') }}

),

answer_changes as (

    select
        questions.finding_id,
        questions.measure,
        questions.ethnic_group,
        questions.fitted_model,
        case when estimates.estimator like 'logistic%' then 'log odds' else 'share' end as unit,
        estimates.estimate as figure,
        earlier.estimate as compared_figure,
        case
            when questions.direction = 'smaller' then abs(estimates.estimate) - abs(earlier.estimate)
            else estimates.estimate - earlier.estimate
        end as difference,
        cast(null as double) as difference_low,
        cast(null as double) as difference_high,
        least(estimates.observation_count, earlier.observation_count) as people_count,
        estimates.is_reliable and earlier.is_reliable as is_reliable
    from questions
    inner join estimates
        on
            questions.comparison in ('change by model', 'change by estimator')
            and estimates.term = 'ethnic_group'
            and questions.measure = estimates.outcome
            and questions.fitted_model = estimates.model
            and questions.estimator = estimates.estimator_kind
            and questions.ethnic_group = estimates.level_label
    inner join estimates as earlier
        on
            estimates.term = earlier.term
            and estimates.level = earlier.level
            and estimates.outcome = earlier.outcome
            and coalesce(questions.baseline_model, questions.fitted_model) = earlier.model
            and coalesce(questions.baseline_estimator, questions.estimator) = earlier.estimator_kind

),

answer_predictions as (

    select
        questions.finding_id,
        questions.measure,
        questions.ethnic_group,
        questions.fitted_model,
        'share' as unit,
        predictions.difference as figure,
        earlier.difference as compared_figure,
        abs(predictions.difference) - abs(earlier.difference) as difference,
        cast(null as double) as difference_low,
        cast(null as double) as difference_high,
        least(predictions.observation_count, earlier.observation_count) as people_count,
        true as is_reliable
    from questions
    inner join predictions
        on
            questions.comparison = 'change of prediction'
            and predictions.term = 'ethnic_group'
            and questions.measure = predictions.outcome
            and questions.fitted_model = predictions.model
            and questions.estimator = predictions.estimator_kind
            and questions.ethnic_group = predictions.level_label
    inner join predictions as earlier
        on
            predictions.term = earlier.term
            and predictions.level = earlier.level
            and predictions.outcome = earlier.outcome
            and predictions.estimator = earlier.estimator
            and predictions.population = earlier.population
            and questions.baseline_model = earlier.model

),

unite_answers as (

    select * from answer_changes
    union all
    select * from answer_predictions

)

select * from unite_answers
