{{ config(alias='published_counts') }}
{# One row per cell of the NHS annual statistics, which are public already: as they are. #}
with published_counts as (

    select * from {{ ref('published_counts') }}

)

select * from published_counts
