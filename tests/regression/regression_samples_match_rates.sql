{#
    One rule for rate and model alike: Model 1 takes, of each ethnic group, as many rows and events as the rates of England
    have at risk and with the outcome, over all years.
#}
with access_rates as (

    select * from {{ ref('access_rates') }}

),

outcome_rates as (

    select * from {{ ref('outcome_rates') }}

),

experience_rates as (

    select * from {{ ref('experience_rates') }}
    where not is_pooled

),

estimates as (

    select * from {{ ref('estimates') }}

),

outcomes as (

    select * from {{ ref('regression_outcomes') }}

),

unite_rates as (

    select
        measure,
        area_level,
        ethnic_classification,
        ethnic_group,
        numerator_count,
        denominator_count
    from access_rates
    union all
    select
        measure,
        area_level,
        ethnic_classification,
        ethnic_group,
        numerator_count,
        denominator_count
    from outcome_rates
    union all
    select
        measure,
        area_level,
        ethnic_classification,
        ethnic_group,
        numerator_count,
        denominator_count
    from experience_rates

),

add_up_years as (

    select
        measure,
        ethnic_group,
        sum(numerator_count) as event_count,
        sum(denominator_count) as row_count
    from unite_rates
    where area_level = 'national' and ethnic_classification = 'ethnic_group'
    group by measure, ethnic_group

),

find_differences as (

    select
        estimates.outcome,
        estimates.level,
        estimates.level_observation_count,
        estimates.level_event_count,
        add_up_years.row_count,
        add_up_years.event_count
    from estimates
    inner join outcomes
        on
            estimates.analysis = outcomes.analysis
            and estimates.outcome = outcomes.outcome
    left join add_up_years
        on
            outcomes.measure = add_up_years.measure
            and estimates.level_label = add_up_years.ethnic_group
    where
        estimates.model = 'model_1'
        and estimates.estimator = 'logistic'
        and estimates.term = 'ethnic_group'
        and (
            estimates.level_observation_count is distinct from coalesce(add_up_years.row_count, 0)
            or estimates.level_event_count is distinct from coalesce(add_up_years.event_count, 0)
        )

)

select * from find_differences
