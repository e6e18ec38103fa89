{{ config(alias='estimates') }}
{#
    One row per fit and coefficient: the estimate as it may leave, to two decimals, unless it or its reference level rests
    on too few people.
    Source of the rule: seed disclosure_profiles; int_publication_level_counts.
#}
{% set figures = ['estimate', 'standard_error', 'confidence_low', 'confidence_high', 'odds_ratio', 'odds_ratio_low',
    'odds_ratio_high'] %}
with estimates as (

    select * from {{ ref('int_publication_estimates') }}

),

level_counts as (

    select * from {{ ref('int_publication_level_counts') }}

),

statuses as (

    select * from {{ ref('figure_statuses') }}

),

find_statuses as (

    select
        estimates.*,
        case
            when level_counts.level_status <> 'shown' then level_counts.level_status
            when estimates.estimate is null then 'no_data'
            else 'shown'
        end as figure_status
    from estimates
    inner join level_counts
        on
            estimates.analysis = level_counts.analysis
            and estimates.outcome = level_counts.outcome
            and estimates.model = level_counts.model
            and estimates.estimator = level_counts.estimator
            and estimates.term = level_counts.term
            and estimates.level is not distinct from level_counts.level

),

show_estimates as (

    select
        found.analysis,
        found.outcome,
        found.model,
        found.estimator,
        found.term,
        found.level,
        found.level_label,
        found.reference_level,
        -- The step of a slope by group is made of the people of the group.
        case when found.level is null or found.figure_status = 'shown' then found.unit_label end as unit_label,
        {% for figure in figures -%}
        case when found.figure_status = 'shown' then round(found.{{ figure }}, 2) end as {{ figure }},
        {% endfor -%}
        case when found.figure_status = 'shown' then round(found.p_value, 3) end as p_value,
        case when found.figure_status = 'shown' then round(found.p_value_holm, 3) end as p_value_holm,
        case when found.figure_status = 'shown' then {{ published_model_count('found.level_observation_count') }} end
            as people_count,
        found.figure_status,
        coalesce(statuses.figure_marker, '') as figure_marker
    from find_statuses as found
    inner join statuses
        on found.figure_status = statuses.figure_status

)

select * from show_estimates
