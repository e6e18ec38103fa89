{{ config(alias='definitions') }}
{# One row per vocabulary and term: what the terms and measures of the publication mean. #}
with definitions as (

    select * from {{ ref('definitions') }}

)

select * from definitions
