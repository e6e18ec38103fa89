{{ config(alias='published_outcomes') }}
{# One row per outcome of the NHS annual statistics, which are public already: as they are. #}
with published_outcomes as (

    select * from {{ ref('published_outcomes') }}

)

select * from published_outcomes
