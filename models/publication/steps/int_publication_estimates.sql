{#
    One row per fit and coefficient that is published: of the staged models all, of the models with own-group density the
    coefficients of density itself. Those are named after the addition (own_group_density.model_2), and the slopes by
    ethnic group after their step, one standard deviation of the group (own_group_density.model_2_by_group).
#}
with estimates as (

    select * from {{ ref('estimates') }}

),

density_estimates as (

    select * from {{ ref('own_group_density_estimates') }}
    where term in ('own_group_density', 'own_group_density_fifth')

),

slopes as (

    select * from {{ ref('own_group_density_slopes') }}

),

name_slopes as (

    select
        analysis,
        outcome,
        'own_group_density.model_2_by_group' as model,  -- noqa: RF04
        estimator,
        'own_group_density_by_group' as term,
        level,
        level_label,
        deviation_label as unit_label,
        deviation_slope as estimate,
        deviation_standard_error as standard_error,
        deviation_low as confidence_low,
        deviation_high as confidence_high,
        odds_ratio,
        odds_ratio_low,
        odds_ratio_high,
        p_value,
        estimate_status,
        level_observation_count,
        level_event_count
    from slopes

),

unite_estimates as (

    select * from estimates
    union all by name
    select * exclude (addition, unit) replace (addition || '.' || model as model)  -- noqa: RF04
    from density_estimates
    union all by name
    select * from name_slopes

)

select * from unite_estimates
