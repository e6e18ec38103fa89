{{ config(tags=['quality']) }}
{# One row per file of the data set that has been read. #}
with source as (

    select * from {{ source('input_files', 'input_files') }}

),

keep_data_set as (

    select
        mds_version,
        source_table,
        source_file,
        row_count
    from source
    where mds_version is not null

)

select * from keep_data_set
