{{ config(alias='published_ethnic_gaps') }}
{#
    One row per year, ethnic group and outcome of the NHS annual statistics, which are public already: as they are.
#}
with published_ethnic_gaps as (

    select * from {{ ref('published_ethnic_gaps') }}

)

select * from published_ethnic_gaps
