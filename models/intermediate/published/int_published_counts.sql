{#
One row per financial year, organisation, group and measure: the count, or why there is none.
Source of the rule: as published; high-level groups that are not given are sums (int_published_summed_counts).
#}
{{ config(materialized='table') }}

with cells as (

    select * from {{ ref('int_published_cells') }}
    where statistic = 'count'

),

summed_counts as (

    select * from {{ ref('int_published_summed_counts') }}

),

unite_counts as (

    select
        financial_year,
        organisation_type,
        organisation_code,
        group_id,
        measure,
        cast(cell_value as bigint) as count_value,
        cell_status as count_status,
        false as is_summed
    from cells
    union all
    select
        financial_year,
        organisation_type,
        organisation_code,
        group_id,
        measure,
        count_value,
        count_status,
        true as is_summed
    from summed_counts

)

select * from unite_counts
