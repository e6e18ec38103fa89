{#
One row per financial year, organisation, group, measure and statistic. Rows that stand twice in a file count once;
where copies differ the cell is conflicting and has no value.
Source of the rule: ours; provider TAF90 stands twice in the file of 2023-24, with the same values under two names.
#}
{{ config(materialized='table') }}

with readings as (

    select * from {{ ref('int_published_readings') }}

),

merge_copies as (

    select
        financial_year,
        organisation_type,
        organisation_code,
        group_id,
        measure,
        statistic,
        count(*) as copy_count,
        -- Compared as numbers, marks apart: 5 and 5.0 are the same figure.
        min(cell_status) <> max(cell_status)
        or coalesce(min(number_value) <> max(number_value), false) as is_conflicting,
        min(cell_status) as first_cell_status,
        min(number_value) as first_number_value
    from readings
    group by financial_year, organisation_type, organisation_code, group_id, measure, statistic

),

settle_status as (

    select
        * exclude (first_cell_status, first_number_value),
        case when is_conflicting then 'conflicting' else first_cell_status end as cell_status,
        case when not is_conflicting and first_cell_status = 'published' then first_number_value end as cell_value
    from merge_copies

)

select * from settle_status
