{#
One row per monthly file, financial year and measure as published, and whether the seed knows it: its identifier, and the
name under which it stands there.
Source of the rule: the seed published_monthly_measures. The identifier decides what a measure is: in the file of July 2022
first treatments stand under the names of first assessments.
#}
{{ config(materialized='table') }}

with cells as (

    select * from {{ ref('stg_published__monthly_cells') }}

),

measures as (

    select * from {{ ref('published_monthly_measures') }}

),

count_month_rows as (

    select
        file_name,
        reporting_month,
        measure_id,
        source_column,
        count(*) as row_count
    from cells
    group by file_name, reporting_month, measure_id, source_column

),

count_rows as (

    select
        file_name,
        {{ financial_year('reporting_month') }} as financial_year,
        measure_id,
        source_column,
        cast(sum(row_count) as bigint) as row_count
    from count_month_rows
    group by all

),

find_measures as (

    select
        count_rows.*,
        -- Without case and underscores, and with strokes between the names that were seen.
        coalesce(
            '/' || regexp_replace(lower(measures.source_columns), '[^a-z0-9/]', '', 'g') || '/'
            like '%/' || {{ published_label_key('count_rows.source_column') }} || '/%',
            false
        ) as is_known,
        {{ published_label_key('count_rows.source_column') }} like '%ethnicgroup%' as is_of_ethnic_group
    from count_rows
    left join measures
        on count_rows.measure_id = measures.measure_id

)

select * from find_measures
