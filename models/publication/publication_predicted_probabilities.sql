{{ config(alias='predicted_probabilities') }}
{#
    One row per fit, population and ethnic group: the outcome expected if everyone belonged to the group, as it may leave,
    in hundredths, unless the group or its reference rests on too few people.
    Source of the rule: seed disclosure_profiles; int_publication_level_counts.
#}
{% set figures = ['prediction', 'confidence_low', 'confidence_high', 'difference', 'difference_low',
    'difference_high'] %}
with predictions as (

    select * from {{ ref('predicted_probabilities') }}

),

level_counts as (

    select * from {{ ref('int_publication_level_counts') }}

),

statuses as (

    select * from {{ ref('figure_statuses') }}

),

find_statuses as (

    select
        predictions.*,
        case
            when level_counts.level_status <> 'shown' then level_counts.level_status
            when level_counts.level_status is null or predictions.prediction is null then 'no_data'
            else 'shown'
        end as figure_status
    from predictions
    left join level_counts
        on
            predictions.analysis = level_counts.analysis
            and predictions.outcome = level_counts.outcome
            and predictions.model = level_counts.model
            and predictions.estimator = level_counts.estimator
            and predictions.term = level_counts.term
            and predictions.level = level_counts.level

),

show_predictions as (

    select
        found.analysis,
        found.outcome,
        found.model,
        found.estimator,
        found.term,
        found.level,
        found.level_label,
        found.reference_level,
        found.population,
        {% for figure in figures -%}
        case when found.figure_status = 'shown' then round(found.{{ figure }}, 2) end as {{ figure }},
        {% endfor -%}
        found.figure_status,
        coalesce(statuses.figure_marker, '') as figure_marker
    from find_statuses as found
    inner join statuses
        on found.figure_status = statuses.figure_status

)

select * from show_predictions
