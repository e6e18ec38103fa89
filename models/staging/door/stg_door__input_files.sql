{{ config(tags=['quality']) }}
{# One row per file of the data set that the door has read. #}
with source as (

    select * from {{ source('door', 'input_files') }}

),

keep_data_set as (

    select
        substr(source_name, 5) as mds_version,
        source_table,
        source_file,
        row_count
    from source
    where source_name like 'mds_%'

)

select * from keep_data_set
