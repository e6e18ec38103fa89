{#
    One row per fit and coefficient that is published: of the staged models all, of the models with own-group density the
    coefficients of density itself. Those are named after the addition (own_group_density.model_2).
#}
with estimates as (

    select * from {{ ref('estimates') }}

),

density_estimates as (

    select * from {{ ref('own_group_density_estimates') }}
    where term in ('own_group_density', 'own_group_density_fifth')

),

unite_estimates as (

    select * from estimates
    union all by name
    select * exclude (addition, unit) replace (addition || '.' || model as model)  -- noqa: RF04
    from density_estimates

)

select * from unite_estimates
