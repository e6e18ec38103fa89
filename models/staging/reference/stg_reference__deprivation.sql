{# One row per lower layer super output area: its deprivation decile, 1 = most deprived. #}
with source as (

    select * from {{ source('reference', 'deprivation') }}

),

rename_columns as (

    select
        {{ clean_code('lsoa_code') }} as lsoa_code,
        cast(imd_decile as integer) as imd_decile
    from source

)

select * from rename_columns
