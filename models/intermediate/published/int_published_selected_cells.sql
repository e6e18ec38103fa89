{#
One row per cell that a mart uses, as it stands in the file that its year is taken from, copies included.
Source of the rule: int_published_files, int_published_labels and int_published_columns.
#}
with cells as (

    select * from {{ ref('stg_published__cells') }}

),

labels as (

    select * from {{ ref('int_published_labels') }}

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
        cells.value_text
    from cells
    inner join {{ ref('int_published_files') }} as files
        on {{ published_keys_match('cells', 'files', ['file_name', 'financial_year']) }}
    inner join {{ ref('int_published_columns') }} as measure_columns
        on {{ published_keys_match('cells', 'measure_columns', ['file_name', 'financial_year', 'source_column']) }}
    inner join labels
        on
            cells.file_name = labels.file_name
            and cells.financial_year = labels.financial_year
            and cells.variable_type is not distinct from labels.variable_type
            and cells.variable_a is not distinct from labels.variable_a
            and cells.variable_b is not distinct from labels.variable_b
    where files.is_used and measure_columns.is_used and labels.group_id is not null

)

select * from select_cells
