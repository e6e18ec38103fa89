{{ config(alias='variance_components') }}
{#
    One row per multilevel fit: how much commissioners differ, as it may leave, unless the fit rests on too few people. No
    effect of a single commissioner is published.
    Source of the rule: seed disclosure_profiles.
#}
{% set figures = ['variance', 'variance_low', 'variance_high', 'residual_variance', 'icc', 'icc_low', 'icc_high'] %}
with variance_components as (

    select * from {{ ref('variance_components') }}

),

fits as (

    select * from {{ ref('fits') }}

),

statuses as (

    select * from {{ ref('figure_statuses') }}

),

find_statuses as (

    select
        variance_components.*,
        case
            when {{ too_few_for_estimates('fits.observation_count', 'fits.event_count') }}
                then 'suppressed_small_number'
            else 'shown'
        end as figure_status
    from variance_components
    inner join fits
        on
            variance_components.analysis = fits.analysis
            and variance_components.outcome = fits.outcome
            and variance_components.model = fits.model
            and variance_components.estimator = fits.estimator

),

show_components as (

    select
        found.analysis,
        found.outcome,
        found.model,
        found.estimator,
        {% for figure in figures -%}
        case when found.figure_status = 'shown' then round(found.{{ figure }}, 3) end as {{ figure }},
        {% endfor -%}
        found.cluster_count,
        found.is_singular,
        found.interval_method,
        found.figure_status,
        coalesce(statuses.figure_marker, '') as figure_marker
    from find_statuses as found
    inner join statuses
        on found.figure_status = statuses.figure_status

)

select * from show_components
