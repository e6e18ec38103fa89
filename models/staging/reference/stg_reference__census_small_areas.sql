{# One row per lower layer super output area and ethnic group of a census: residents. #}
with source as (

    select * from {{ source('reference', 'census_small_areas') }}

),

rename_columns as (

    select
        {{ clean_code('lsoa_code') }} as lsoa_code,
        lower(trim(census_group)) as label_key,
        cast(population_count as bigint) as population_count
    from source

)

select * from rename_columns
