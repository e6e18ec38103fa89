{#
One row per financial year, type of commissioner and outcome of the annual statistics: share of the variance between
commissioners, on published cells alone and with suppressed counts at either end.
Source of the rule: report section 3.7 (ICC of the multilevel models), on published counts, ethnic group alone.
#}
with published_models as (

    select * from {{ ref('py_published_models') }}
    where estimator = 'logistic_multilevel'

),

line_up_readings as (

    select
        financial_year,
        organisation_type,
        outcome,
        max(cluster_count) as commissioner_count,
        max(cell_count) as cell_count,
        max(left_out_cell_count) as left_out_cell_count,
        max(uncertain_cell_count) as uncertain_cell_count,
        min(observation_count) as least_people_count,
        max(observation_count) as greatest_people_count,
        max(icc) filter (where reading = 'published_cells') as published_cells_icc,
        max(icc_low) filter (where reading = 'published_cells') as published_cells_icc_low,
        max(icc_high) filter (where reading = 'published_cells') as published_cells_icc_high,
        max(icc) filter (where reading = 'least') as least_icc,
        max(icc_low) filter (where reading = 'least') as least_icc_low,
        max(icc_high) filter (where reading = 'least') as least_icc_high,
        max(icc) filter (where reading = 'greatest') as greatest_icc,
        max(icc_low) filter (where reading = 'greatest') as greatest_icc_low,
        max(icc_high) filter (where reading = 'greatest') as greatest_icc_high,
        max(icc) - min(icc) as icc_range
    from published_models
    group by financial_year, organisation_type, outcome

)

select * from line_up_readings
