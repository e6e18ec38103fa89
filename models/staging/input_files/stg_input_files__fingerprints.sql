{{ config(enabled=keeps_records()) }}
{# One row per file of the minimum data set: what tells whether it has changed. Source: the input check. #}
with source as (

    select * from {{ source('input_files', 'file_fingerprints') }}

),

select_columns as (

    select
        source_file,
        fingerprint
    from source

)

select * from select_columns
