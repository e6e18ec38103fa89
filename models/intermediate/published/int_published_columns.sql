{#
One row per file and column as published, with the measure and statistic it stands for; null for an unknown column.
Source of the rule: the seed published_measure_columns, by the column's name without case and underscores.
#}
{{ config(materialized='table') }}

with cells as (

    select * from {{ ref('stg_published__cells') }}

),

measure_columns as (

    select * from {{ ref('published_measure_columns') }}

),

count_rows as (

    select
        file_name,
        financial_year,
        source_column,
        count(*) as row_count
    from cells
    group by file_name, financial_year, source_column

),

name_measures as (

    select
        count_rows.*,
        nullif(measure_columns.measure, '') as measure,
        measure_columns.statistic,
        coalesce(measure_columns.is_used, false) as is_used,
        measure_columns.column_key is not null as is_known
    from count_rows
    left join measure_columns
        on {{ published_label_key('count_rows.source_column') }} = measure_columns.column_key

)

select * from name_measures
