{# One row per release and figure that it changed, to the last release of the marts. Source: the warehouse file. #}
with source as (

    select * from {{ source('last_release', 'last_figure_revisions') }}

)

select * from source
