{{ config(tags=['quality']) }}
{# One row per row of a CSV file of the data set that cannot be taken apart into fields. #}
with source as (

    select * from {{ source('door', 'unreadable_rows') }}

),

keep_data_set as (

    select
        substr(source_name, 5) as mds_version,
        source_table,
        source_file,
        source_row,
        reason_code
    from source
    where source_name like 'mds_%'

)

select * from keep_data_set
