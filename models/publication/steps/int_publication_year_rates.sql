{# One row per financial year, area, ethnic classification, ethnic group and measure: the rates of single years. #}
with access_rates as (

    select
        'access' as measure_kind,
        *
    from {{ ref('access_rates') }}

),

outcome_rates as (

    select
        'outcome' as measure_kind,
        *
    from {{ ref('outcome_rates') }}

),

pathway_rates as (

    select
        'pathway' as measure_kind,
        *
    from {{ ref('pathway_rates') }}

),

wait_rates as (

    select
        'wait' as measure_kind,
        *
    from {{ ref('wait_rates') }}

),

experience_rates as (

    select
        'experience' as measure_kind,
        * exclude (is_pooled, year_count)
    from {{ ref('experience_rates') }}
    where not is_pooled

),

unite_kinds as (

    select * from access_rates
    union all by name
    select * from outcome_rates
    union all by name
    select * from pathway_rates
    union all by name
    select * from wait_rates
    union all by name
    select * from experience_rates

)

select * from unite_kinds
