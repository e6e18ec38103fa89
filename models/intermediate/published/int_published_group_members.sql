{#
One row per ethnic category, with the identifier of its high-level group and the number of categories in it.
Source of the rule: report, Table 3.
#}
with groups as (

    select * from {{ ref('int_published_groups') }}

),

pair_groups as (

    select
        categories.group_id,
        high_level_groups.group_id as high_level_group_id,
        count(*) over (partition by high_level_groups.group_id) as member_count
    from groups as categories
    inner join groups as high_level_groups
        on categories.high_level_ethnic_group = high_level_groups.high_level_ethnic_group
    where categories.group_level = 'ethnic_group' and high_level_groups.group_level = 'high_level_ethnic_group'

)

select * from pair_groups
