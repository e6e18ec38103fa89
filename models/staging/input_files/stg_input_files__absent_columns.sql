{# One row per file of the data set and column of the contract that the file does not hold. #}
with source as (

    select * from {{ source('input_files', 'absent_columns') }}

),

keep_data_set as (

    select
        mds_version,
        source_table,
        source_file,
        column_name
    from source
    where mds_version is not null

)

select * from keep_data_set
