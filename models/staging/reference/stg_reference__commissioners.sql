{# One row per commissioner: its name and the areas above it. #}
with source as (

    select * from {{ source('reference', 'commissioners') }}

),

rename_columns as (

    select
        {{ clean_code('commissioner_code') }} as commissioner_code,
        commissioner_name,
        icb_code,
        icb_name,
        region_code,
        region_name
    from source

)

select * from rename_columns
