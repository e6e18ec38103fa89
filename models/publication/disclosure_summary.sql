{# One row per kind of count that is published: what disclosure control did to it, and what it would have missed. #}
with protected_cells as (

    select * from {{ ref('py_protected_cells') }}

),

count_by_block as (

    select
        block,
        '{{ var("disclosure_profile") }}' as disclosure_profile,
        count(*) as cell_count,
        count(*) filter (where status = 'shown') as shown_count,
        count(*) filter (where status = 'suppressed_small_number') as suppressed_small_number_count,
        count(*) filter (where status = 'suppressed_to_protect') as suppressed_to_protect_count,
        count(*) filter (where is_withheld) as withheld_count,
        cast(min(witnessed_width) filter (where status <> 'shown') as bigint) as narrowest_interval,
        count(*) filter (where is_recovered_by_primary_alone) as recovered_by_primary_alone_count
    from protected_cells
    group by block

)

select * from count_by_block
