{#
    One row per lower layer super output area and ethnic category: the share of its residents who are of the category, or
    of the broader group of the census that holds it. A category without a row of its own or a broader group's in an area
    has no share there.
    Source of the rule: docs/rules.md, 33; labels of the census by the seed census_group_labels.
#}
with residents as (

    select
        *,
        sum(population_count) over (partition by lsoa_code) as resident_count
    from {{ ref('stg_reference__census_small_areas') }}

),

labels as (

    select * from {{ ref('census_group_labels') }}

),

add_up_categories as (

    select
        residents.lsoa_code,
        labels.ethnic_category_code,
        bool_or(labels.is_broader_group) as is_broader_group,
        -- A broader group beside its own parts: their residents count twice, and every share of the area is too low.
        bool_or(labels.is_broader_group) and not bool_and(labels.is_broader_group) as is_counted_twice,
        {{ rate('sum(residents.population_count)', 'min(residents.resident_count)') }} as group_share
    from residents
    inner join labels
        on residents.label_key = labels.label_key
    -- A label that stands for no resident has none.
    where labels.ethnic_category_code <> ''
    group by residents.lsoa_code, labels.ethnic_category_code

)

select * from add_up_categories
