{#
One row per group that a published figure can be about: the 16 ethnic categories, the five high-level groups, people
whose ethnic group is not stated, everybody, and the deprivation deciles (1 = most deprived).
Source of the rule: the seeds ethnic_categories and published_groups.
#}
with categories as (

    select * from {{ ref('ethnic_categories') }}

),

other_groups as (

    select * from {{ ref('published_groups') }}

),

unite_groups as (

    select
        'ethnic_group' as breakdown,
        ethnic_category_code as group_id,
        'ethnic_group' as group_level,
        ethnic_group as group_label,
        ethnic_category_code,
        high_level_ethnic_group,
        cast(null as integer) as imd_decile,
        display_order,
        is_reference_group
    from categories
    union all
    select
        breakdown,
        group_id,
        group_level,
        group_label,
        cast(null as varchar) as ethnic_category_code,
        high_level_ethnic_group,
        imd_decile,
        display_order,
        false as is_reference_group
    from other_groups

),

-- A group that holds the reference group is not independent of it.
mark_overlaps as (

    select
        unite_groups.*,
        unite_groups.group_level = 'total' or (
            unite_groups.group_level = 'high_level_ethnic_group'
            and unite_groups.high_level_ethnic_group in (
                select categories.high_level_ethnic_group from categories
                where categories.is_reference_group
            )
        ) as is_reference_included
    from unite_groups

)

select * from mark_overlaps
