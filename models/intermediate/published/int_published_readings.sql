{#
One row per used cell, copies included: its number, and why there is none (suppressed, not_applicable, unreadable).
Source of the rule: the seed published_value_marks; a count must be a whole number of at least 0.
#}
{{ config(materialized='table') }}

with selected_cells as (

    select
        *,
        {{ published_label_key('organisation_type_text') }} as organisation_type_key,
        {{ published_value_key('value_text') }} as value_key,
        {{ published_number('value_text') }} as number_value
    from {{ ref('int_published_selected_cells') }}

),

read_values as (

    select
        selected_cells.financial_year,
        coalesce(organisation_types.organisation_type, selected_cells.organisation_type_text, 'not given')
            as organisation_type,
        -- The nation is one, whatever code a file gives it.
        case
            when organisation_types.organisation_level = 'national' then 'All'
            else coalesce(selected_cells.organisation_code, 'not given')
        end as organisation_code,
        coalesce(selected_cells.organisation_name, 'not given') as organisation_name,
        organisation_types.organisation_type is not null as is_known_organisation_type,
        selected_cells.group_id,
        selected_cells.measure,
        selected_cells.statistic,
        selected_cells.value_text,
        selected_cells.number_value,
        case
            when marks.cell_status is not null then marks.cell_status
            when selected_cells.number_value is null or selected_cells.number_value < 0 then 'unreadable'
            when selected_cells.statistic = 'count' and selected_cells.number_value % 1 <> 0 then 'unreadable'
            when selected_cells.statistic = 'percentage' and selected_cells.number_value > 100 then 'unreadable'
            else 'published'
        end as cell_status
    from selected_cells
    left join {{ ref('published_organisation_types') }} as organisation_types
        on selected_cells.organisation_type_key = organisation_types.organisation_type_key
    left join {{ ref('published_value_marks') }} as marks
        on selected_cells.value_key = marks.value_key

)

select * from read_values
