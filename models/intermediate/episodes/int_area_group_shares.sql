{#
    One row per area, a lower layer super output area or a commissioner, and ethnic category: the share of its residents
    who are of the category, or of the broader group of the census that holds it. A category without a row of its own or
    a broader group's in an area has no share there.
    Source of the rule: docs/rules.md, 33; labels of the census by the seed census_group_labels.
#}
with small_areas as (

    select * from {{ ref('stg_reference__census_small_areas') }}

),

commissioners as (

    select * from {{ ref('stg_reference__census_ethnicity') }}

),

labels as (

    select * from {{ ref('census_group_labels') }}

),

add_up_small_areas as (

    select
        lsoa_code,
        sum(population_count) as resident_count
    from small_areas
    group by lsoa_code

),

add_up_categories as (

    select
        small_areas.lsoa_code,
        labels.ethnic_category_code,
        bool_or(labels.is_broader_group) as is_broader_group,
        -- A broader group beside its own parts: their residents count twice, and every share of the area is too low.
        bool_or(labels.is_broader_group) and not bool_and(labels.is_broader_group) as is_counted_twice,
        sum(small_areas.population_count) as group_count
    from small_areas
    inner join labels
        on small_areas.label_key = labels.label_key
    -- A label that stands for no resident has none.
    where labels.ethnic_category_code <> ''
    group by small_areas.lsoa_code, labels.ethnic_category_code

),

add_up_commissioners as (

    select
        *,
        sum(population_count) over (partition by commissioner_code) as resident_count
    from commissioners

),

unite_areas as (

    select
        'small area' as area_kind,
        add_up_categories.lsoa_code as area_code,
        add_up_categories.ethnic_category_code,
        add_up_categories.is_broader_group,
        add_up_categories.is_counted_twice,
        {{ rate('add_up_categories.group_count', 'add_up_small_areas.resident_count') }} as group_share
    from add_up_categories
    inner join add_up_small_areas
        on add_up_categories.lsoa_code = add_up_small_areas.lsoa_code
    union all
    select
        'commissioner' as area_kind,
        commissioner_code as area_code,
        ethnic_category_code,
        false as is_broader_group,
        false as is_counted_twice,
        {{ rate('population_count', 'resident_count') }} as group_share
    from add_up_commissioners

)

select * from unite_areas
