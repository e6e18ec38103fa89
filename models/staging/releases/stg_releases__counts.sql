{# One row per earlier release of the publication and count that it held: what it said of the count. #}
with source as (

    select * from {{ source('releases', 'released_counts') }}

),

select_columns as (

    select
        release,
        cell_id,
        lowest_count,
        highest_count
    from source

)

select * from select_columns
