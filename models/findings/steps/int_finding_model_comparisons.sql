{#
One row per finding about regressions, measure, group and model: the adjusted gap to White British that answers it, or
how much nearer to none it is than in another model or estimator, or the effect of a factor, or the share of the variance
between commissioners.
A change between two models or estimators has no interval here: their estimates rest on the same people. Intervals of
changes from one model to the next stand in regression.coefficient_changes.
Source of the rule: the tables of the regressions; report, sections 3.4.3 to 3.7.
#}
with questions as (

    select * from {{ ref('int_finding_questions') }}
    where comparison in (
        'adjusted gap', 'change by model', 'change by estimator', 'change of prediction', 'effect of a factor',
        'clustering'
    )

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

variances as (

    select * from {{ ref('variance_components') }}
    where not is_singular

),

answer_adjusted_gaps as (

    select
        questions.finding_id,
        questions.measure,
        questions.ethnic_group,
        questions.model,
        case when estimates.estimator like 'logistic%' then 'log odds' else 'share' end as unit,
        estimates.estimate as figure,
        cast(null as double) as compared_figure,
        estimates.estimate as difference,
        estimates.confidence_low as difference_low,
        estimates.confidence_high as difference_high,
        estimates.observation_count as people_count,
        estimates.is_reliable
    from questions
    inner join estimates
        on
            questions.comparison = 'adjusted gap'
            and estimates.term = 'ethnic_group'
            and questions.measure = estimates.outcome
            and questions.model = estimates.model
            and questions.estimator = estimates.estimator_kind
            and questions.ethnic_group = estimates.level_label

),

answer_factors as (

    select
        questions.finding_id,
        questions.measure,
        coalesce(questions.ethnic_group, 'total') as ethnic_group,
        questions.model,
        case when estimates.estimator like 'logistic%' then 'log odds' else 'share' end as unit,
        estimates.estimate as figure,
        cast(null as double) as compared_figure,
        estimates.estimate as difference,
        estimates.confidence_low as difference_low,
        estimates.confidence_high as difference_high,
        estimates.observation_count as people_count,
        estimates.is_reliable
    from questions
    inner join estimates
        on
            questions.comparison = 'effect of a factor'
            and questions.term = estimates.term
            and questions.measure = estimates.outcome
            and questions.model = estimates.model
            and questions.estimator = estimates.estimator_kind
            and coalesce(questions.term_level, '') = coalesce(estimates.level, '')

),

-- Smaller: nearer to no gap. Otherwise: higher or lower as it stands.
answer_changes as (

    select
        questions.finding_id,
        questions.measure,
        questions.ethnic_group,
        questions.model,
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
            and questions.model = estimates.model
            and questions.estimator = estimates.estimator_kind
            and questions.ethnic_group = estimates.level_label
    inner join estimates as earlier
        on
            estimates.term = earlier.term
            and estimates.level = earlier.level
            and estimates.outcome = earlier.outcome
            and coalesce(questions.baseline_model, questions.model) = earlier.model
            and coalesce(questions.baseline_estimator, questions.estimator) = earlier.estimator_kind

),

answer_predictions as (

    select
        questions.finding_id,
        questions.measure,
        questions.ethnic_group,
        questions.model,
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
            and questions.model = predictions.model
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

answer_clustering as (

    select
        questions.finding_id,
        questions.measure,
        'total' as ethnic_group,
        questions.model,
        'share' as unit,
        variances.icc as figure,
        cast(null as double) as compared_figure,
        cast(null as double) as difference,
        variances.icc_low as difference_low,
        variances.icc_high as difference_high,
        cast(null as bigint) as people_count,
        true as is_reliable
    from questions
    inner join variances
        on
            questions.comparison = 'clustering'
            and questions.measure = variances.outcome
            and questions.model = variances.model

),

unite_answers as (

    select * from answer_adjusted_gaps
    union all
    select * from answer_factors
    union all
    select * from answer_changes
    union all
    select * from answer_predictions
    union all
    select * from answer_clustering

)

select * from unite_answers
