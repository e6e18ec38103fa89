{{ config(alias='published_monthly') }}
{# One row per cell of the NHS monthly statistics, which are public already: as they are. #}
with published_monthly as (

    select * from {{ ref('published_monthly') }}

)

select * from published_monthly
