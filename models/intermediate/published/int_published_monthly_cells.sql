{#
One row per month, organisation, group and measure. Rows that stand twice, in one file or in two, count once; where copies
differ the cell is conflicting and has no value.
Source of the rule: as int_published_cells.
#}
{{ config(materialized='table') }}

with readings as (

    select * from {{ ref('int_published_monthly_readings') }}

),

merge_copies as (

    select
        reporting_month,
        organisation_type,
        organisation_code,
        group_id,
        measure,
        statistic,
        organisation_level,
        is_known_organisation_type,
        is_count_rounded,
        min(organisation_name) as organisation_name,
        min(file_name) as file_name,
        count(*) as copy_count,
        min(cell_status) <> max(cell_status)
        or coalesce(min(number_value) <> max(number_value), false) as is_conflicting,
        min(cell_status) as first_cell_status,
        min(number_value) as first_number_value
    from readings
    group by all

),

settle_status as (

    select
        * exclude (first_cell_status, first_number_value),
        case when is_conflicting then 'conflicting' else first_cell_status end as cell_status,
        case when not is_conflicting and first_cell_status = 'published' then first_number_value end as cell_value
    from merge_copies

)

select * from settle_status
