{#
    One row per area or ethnic group that figures are published of, and smallest part of it: the pairs of provider and
    commissioner of an area, the ethnicities of a group. Which areas and groups lie within which, and which are the same,
    follows from these.
#}
with areas as (

    select * from {{ ref('int_areas') }}

),

classifications as (

    select * from {{ ref('int_ethnic_classifications') }}

),

list_members as (

    select
        'area' as dimension,
        area_level as member_level,
        area_code as member_code,
        provider_code || '|' || coalesce(commissioner_code, '') as part
    from areas
    union all
    select
        'ethnic_group' as dimension,
        ethnic_classification as member_level,
        ethnic_group as member_code,
        ethnicity_key as part
    from classifications

)

select * from list_members
