{# One row per figure of the last release of the marts. Source: the warehouse file. #}
with source as (

    select * from {{ source('last_release', 'last_released_figures') }}

)

select * from source
