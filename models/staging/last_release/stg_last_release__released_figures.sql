{# One row per figure of the last release of the marts. Source: the warehouse file. #}
with source as (

    select * from {{ source('last_release', 'last_released_figures') }}

),

select_columns as (

    select
        table_name,
        financial_year,
        area_level,
        area_code,
        ethnic_classification,
        ethnic_group,
        measure,
        numerator_count,
        denominator_count,
        rate
    from source

)

select * from select_columns
