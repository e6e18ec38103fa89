{#
One row per finding of the report, source, period, measure, group, group compared with, and model: the difference that
answers it, with its interval, from rates and regressions alike.
Source of the rule: the seed report_statements.
#}
with gaps as (

    select * from {{ ref('int_finding_gaps') }}

),

moves as (

    select * from {{ ref('int_finding_moves') }}

),

estimates as (

    select * from {{ ref('int_finding_estimates') }}

),

estimate_changes as (

    select * from {{ ref('int_finding_estimate_changes') }}

),

unite_rates as (

    select * from gaps
    union all
    select * from moves

),

unite_models as (

    select * from estimates
    union all
    select * from estimate_changes

),

unite_comparisons as (

    select
        finding_id,
        data_source,
        period,
        measure,
        unit,
        ethnic_group,
        comparator,
        cast(null as varchar) as fitted_model,
        figure,
        compared_figure,
        difference,
        difference_low,
        difference_high,
        people_count,
        true as is_reliable
    from unite_rates
    union all
    select
        finding_id,
        'raw_data' as data_source,
        'all years' as period,
        measure,
        unit,
        ethnic_group,
        cast(null as varchar) as comparator,
        fitted_model,
        figure,
        compared_figure,
        difference,
        difference_low,
        difference_high,
        people_count,
        is_reliable
    from unite_models

)

select * from unite_comparisons
