{{ config(tags=['quality']) }}
{# One row per file or folder below an input folder that is not read. #}
with source as (

    select * from {{ source('input_files', 'files_not_read') }}

),

keep_reasons as (

    select
        input_variable,
        source_file,
        reason_code
    from source

)

select * from keep_reasons
