{# One row per commissioner whose code changed: the code that came after it. #}
with source as (

    select * from {{ source('reference', 'commissioner_successors') }}

),

rename_columns as (

    select
        {{ clean_code('commissioner_code') }} as commissioner_code,
        {{ clean_code('successor_commissioner_code') }} as successor_commissioner_code
    from source

)

select * from rename_columns
