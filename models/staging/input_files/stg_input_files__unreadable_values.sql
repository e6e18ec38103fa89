{{ config(tags=['quality']) }}
{# One row per file and column with values that are read as none: no value of the type, or out of its range. #}
with source as (

    select * from {{ source('input_files', 'unreadable_values') }}

),

keep_counted as (

    select
        mds_version,
        source_table,
        source_file,
        field,
        value_count
    from source
    where value_count > 0

)

select * from keep_counted
