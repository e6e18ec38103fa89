{# One row per file that has been read: its rows, as its footer or the reading of it says. #}
with input_files as (

    select * from {{ ref('stg_input_files__files') }}

)

select * from input_files
