{# One row per release and figure that it changed, up to the last release of the marts. Source: the warehouse file. #}
with source as (

    select * from {{ source('last_release', 'last_figure_revisions') }}

),

select_columns as (

    select
        release_number,
        table_name,
        financial_year,
        area_level,
        area_code,
        ethnic_classification,
        ethnic_group,
        measure,
        figure,
        value_before,
        value_now,
        difference,
        submissions_came,
        submissions_replaced,
        submissions_withdrawn,
        submissions_corrected
    from source

)

select * from select_columns
