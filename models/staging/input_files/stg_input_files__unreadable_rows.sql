{# One row per row of a CSV file of the data set that cannot be taken apart into fields. #}
with source as (

    select * from {{ source('input_files', 'unreadable_rows') }}

),

keep_data_set as (

    select
        mds_version,
        source_table,
        source_file,
        source_row,
        reason_code
    from source
    where mds_version is not null

)

select * from keep_data_set
