{# A file that has been read and that the accounting does not show is lost as a whole. #}
with input_files as (

    select * from {{ source('input_files', 'input_files') }}
    where mds_version is not null

),

row_accounting as (

    select * from {{ ref('row_accounting') }}

),

find_missing as (

    select input_files.*
    from input_files
    left join row_accounting
        on
            input_files.mds_version = row_accounting.mds_version
            and input_files.source_table = row_accounting.source_table
            and input_files.source_file = row_accounting.source_file
    where row_accounting.read_count is distinct from input_files.row_count

)

select * from find_missing
