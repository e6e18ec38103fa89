{#
    One row per area, a lower layer super output area or a commissioner, and ethnic category: the share of its residents
    who are of the category.
    Source of the rule: docs/rules.md, 33.
#}
with small_areas as (

    select * from {{ ref('int_small_area_group_shares') }}

),

commissioners as (

    select
        *,
        sum(population_count) over (partition by commissioner_code) as resident_count
    from {{ ref('stg_reference__census_ethnicity') }}

),

unite_areas as (

    select
        'small area' as area_kind,
        lsoa_code as area_code,
        ethnic_category_code,
        is_broader_group,
        group_share
    from small_areas
    union all
    select
        'commissioner' as area_kind,
        commissioner_code as area_code,
        ethnic_category_code,
        false as is_broader_group,
        {{ rate('population_count', 'resident_count') }} as group_share
    from commissioners

)

select * from unite_areas
