{#
One row per used cell as it stands in its file, copies included: the group and measure it is about, its number, and why
there is none (suppressed, not_applicable, unreadable).
Source of the rule: the seed published_value_marks; a count must be a whole number of at least 0.
#}
with cells as (

    select * from {{ ref('stg_published__cells') }}

),

files as (

    select * from {{ ref('int_published_files') }}
    where is_used

),

labels as (

    select * from {{ ref('int_published_labels') }}
    where group_id is not null

),

measure_columns as (

    select * from {{ ref('int_published_columns') }}
    where is_used

),

organisation_types as (

    select * from {{ ref('published_organisation_types') }}

),

marks as (

    select * from {{ ref('published_value_marks') }}

),

select_cells as (

    select
        cells.financial_year,
        cells.organisation_type_text,
        trim(cells.organisation_code) as organisation_code,
        trim(cells.organisation_name) as organisation_name,
        labels.group_id,
        measure_columns.measure,
        measure_columns.statistic,
        cells.value_text,
        {{ published_number('cells.value_text') }} as number_value
    from cells
    inner join files
        on cells.file_name = files.file_name and cells.financial_year = files.financial_year
    inner join labels
        on
            cells.file_name = labels.file_name
            and cells.financial_year = labels.financial_year
            and cells.variable_type is not distinct from labels.variable_type
            and cells.variable_a is not distinct from labels.variable_a
            and cells.variable_b is not distinct from labels.variable_b
    inner join measure_columns
        on
            cells.file_name = measure_columns.file_name
            and cells.financial_year = measure_columns.financial_year
            and cells.source_column = measure_columns.source_column

),

read_values as (

    select
        select_cells.financial_year,
        select_cells.organisation_code,
        select_cells.organisation_name,
        select_cells.group_id,
        select_cells.measure,
        select_cells.statistic,
        select_cells.value_text,
        coalesce(organisation_types.organisation_type, select_cells.organisation_type_text) as organisation_type,
        organisation_types.organisation_type is not null as is_known_organisation_type,
        case
            when marks.cell_status is not null then marks.cell_status
            when select_cells.number_value is null or select_cells.number_value < 0 then 'unreadable'
            when select_cells.statistic = 'count' and select_cells.number_value % 1 <> 0 then 'unreadable'
            else 'published'
        end as cell_status,
        select_cells.number_value
    from select_cells
    left join organisation_types
        on {{ published_label_key('select_cells.organisation_type_text') }} = organisation_types.organisation_type_key
    left join marks on {{ published_value_key('select_cells.value_text') }} = marks.value_key

)

select * from read_values
