{# One row per row of a CSV file that cannot be taken apart into fields. #}
with unreadable_rows as (

    select * from {{ ref('stg_input_files__unreadable_rows') }}

)

select * from unreadable_rows
