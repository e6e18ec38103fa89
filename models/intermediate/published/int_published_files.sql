{#
One row per input file and financial year, and whether its cells are used. A year is taken from one file only, so that
nothing counts twice: the raw main CSV before the tidy tables, then the first by name.
Source of the rule: the seed published_file_shapes.
#}
{{ config(materialized='table') }}

with cells as (

    select * from {{ ref('stg_published__cells') }}

),

shapes as (

    select * from {{ ref('published_file_shapes') }}

),

count_rows as (

    select
        file_name,
        file_shape,
        financial_year,
        count(*) as row_count
    from cells
    group by file_name, file_shape, financial_year

),

rank_files as (

    select
        count_rows.file_name,
        count_rows.file_shape,
        count_rows.financial_year,
        count_rows.row_count,
        first_value(count_rows.file_name) over (
            partition by count_rows.financial_year
            order by shapes.priority, count_rows.file_name
        ) as used_file_name
    from count_rows
    inner join shapes on count_rows.file_shape = shapes.file_shape

),

pick_files as (

    select
        *,
        file_name = used_file_name as is_used
    from rank_files

)

select * from pick_files
