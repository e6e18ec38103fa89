{# One row per file that the door has read: its rows, as its footer or the reading of it says. #}
with input_files as (

    select * from {{ ref('stg_door__input_files') }}

)

select * from input_files
