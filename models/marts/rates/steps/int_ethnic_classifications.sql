{#
    One row per ethnic category (null: none valid) and classification that it is counted in: 16 groups, 5 high-level
    groups, all. People with no valid category are a group of their own in each, so that the groups add up to the total.
#}
with ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

add_unknown as (

    select
        ethnic_category_code,
        ethnic_group,
        high_level_ethnic_group,
        is_reference_group
    from ethnic_categories
    union all
    select
        null as ethnic_category_code,
        '{{ var("unknown_ethnic_group") }}' as ethnic_group,
        '{{ var("unknown_ethnic_group") }}' as high_level_ethnic_group,
        false as is_reference_group

),

list_classifications as (

    select
        ethnic_category_code,
        'ethnic_group' as ethnic_classification,
        ethnic_group,
        is_reference_group
    from add_unknown
    union all
    select
        ethnic_category_code,
        'high_level_ethnic_group' as ethnic_classification,
        high_level_ethnic_group as ethnic_group,
        is_reference_group
    from add_unknown
    union all
    select
        ethnic_category_code,
        'total' as ethnic_classification,
        '{{ var("all_ethnic_groups") }}' as ethnic_group,
        is_reference_group
    from add_unknown

),

mark_reference as (

    select
        * exclude (is_reference_group),
        bool_or(is_reference_group) over (
            partition by ethnic_classification, ethnic_group
        ) as is_reference_included
    from list_classifications

)

select * from mark_reference
