{#
One row per finding about one model of the regressions, measure, group and model: the adjusted gap to White British, or
the effect of a factor, or the share of the variance between commissioners.
Source of the rule: the tables of the regressions; report, sections 3.4.3, 3.4.4, 3.6.2 and 3.7.
#}
with questions as (

    select * from {{ ref('int_finding_questions') }}
    where comparison in ('adjusted gap', 'effect of a factor', 'clustering')

),

estimates as (

    select
        *,
        case when estimator like '%multilevel' then 'multilevel' else 'single level' end as estimator_kind,
        -- What has no finite estimate, or rests on too few, tells nothing.
        estimate_status = 'estimated' as is_reliable
    from {{ ref('estimates') }}

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
        questions.fitted_model,
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
            and questions.fitted_model = estimates.model
            and questions.estimator = estimates.estimator_kind
            and questions.ethnic_group = estimates.level_label

),

answer_factors as (

    select
        questions.finding_id,
        questions.measure,
        coalesce(questions.ethnic_group, 'total') as ethnic_group,
        questions.fitted_model,
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
            and questions.fitted_model = estimates.model
            and questions.estimator = estimates.estimator_kind
            and coalesce(questions.term_level, '') = coalesce(estimates.level, '')

),

answer_clustering as (

    select
        questions.finding_id,
        questions.measure,
        'total' as ethnic_group,
        questions.fitted_model,
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
            and questions.fitted_model = variances.model

),

unite_answers as (

    select * from answer_adjusted_gaps
    union all
    select * from answer_factors
    union all
    select * from answer_clustering

)

select * from unite_answers
