{#
    One row per count of the publication: whether it is shown, rounded as the profile says, or suppressed and why, and what
    that says of it by itself. Source of the rule: seed disclosure_profiles; iapt_equity.disclosure.
#}
with protected_cells as (

    select * from {{ ref('py_protected_cells') }}

),

select_columns as (

    select
        cell_id,
        block,
        status,
        published_count,
        lower as lowest_count,
        upper as highest_count,
        is_withheld
    from protected_cells

)

select * from select_columns
