{# One row per commissioner and ethnic category: residents in the census. #}
with source as (

    select * from {{ source('reference', 'census_ethnicity') }}

),

rename_columns as (

    select
        {{ clean_code('commissioner_code') }} as commissioner_code,
        {{ clean_code('ethnic_category_code') }} as ethnic_category_code,
        cast(population_count as bigint) as population_count
    from source

)

select * from rename_columns
