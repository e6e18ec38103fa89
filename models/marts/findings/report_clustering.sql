{#
One row per outcome and model: share of the variance between commissioners as the report prints it, and ours.
Source of the rule: report section 3.7. As printed is what rounds to it; else the interval decides.
#}
with printed_clustering as (

    select * from {{ ref('int_finding_printed_clustering') }}

),

variance_components as (

    select * from {{ ref('variance_components') }}

),

put_side_by_side as (

    select
        printed.finding_id,
        printed.page,
        printed.source,
        printed.outcome,
        components.model,
        components.estimator,
        printed.printed_low,
        printed.printed_high,
        components.icc,
        components.icc_low,
        components.icc_high,
        components.variance,
        components.variance_low,
        components.variance_high,
        components.cluster_count,
        case
            when components.icc between printed.agrees_from and printed.agrees_to then 'as printed'
            when components.icc_high < printed.agrees_from then 'lower'
            when components.icc_low > printed.agrees_to then 'higher'
            else 'cannot be told apart'
        end as icc_verdict
    from printed_clustering as printed
    inner join variance_components as components
        on printed.outcome = components.outcome

)

select * from put_side_by_side
