{{ config(materialized='table') }}
{#
    One row per provider, commissioner (null: none stated) and level of area: the area that their referrals count in.
    Source of the rule: the levels of the national publication; England, region, integrated care board, commissioner (a
    clinical commissioning group or sub-location of a board) and provider. Region and board are those of the commissioner
    by the reference table; a level of which it names no area at all is left out.
#}
with referrals as (

    select * from {{ ref('fct_referrals') }}

),

commissioners as (

    select * from {{ ref('stg_reference__commissioners') }}

),

list_pairs as (

    select distinct
        provider_code,
        commissioner_code
    from referrals

),

find_areas_above as (

    select
        list_pairs.provider_code,
        list_pairs.commissioner_code,
        commissioners.commissioner_name,
        commissioners.icb_code,
        commissioners.icb_name,
        commissioners.region_code,
        commissioners.region_name
    from list_pairs
    left join commissioners
        on list_pairs.commissioner_code = commissioners.commissioner_code

),

list_levels as (

    select
        provider_code,
        commissioner_code,
        'national' as area_level,
        '{{ var("national_area_code") }}' as area_code,
        cast(null as varchar) as area_name
    from list_pairs
    union all
    select
        provider_code,
        commissioner_code,
        'region' as area_level,
        region_code as area_code,
        region_name as area_name
    from find_areas_above
    where (select count(commissioners.region_code) from commissioners) > 0
    union all
    select
        provider_code,
        commissioner_code,
        'icb' as area_level,
        icb_code as area_code,
        icb_name as area_name
    from find_areas_above
    where (select count(commissioners.icb_code) from commissioners) > 0
    union all
    select
        provider_code,
        commissioner_code,
        'commissioner' as area_level,
        commissioner_code as area_code,
        commissioner_name as area_name
    from find_areas_above
    union all
    select
        provider_code,
        commissioner_code,
        'provider' as area_level,
        provider_code as area_code,
        cast(null as varchar) as area_name
    from list_pairs

),

-- One name an area: of two that a reference table may give a board or region the first.
name_areas as (

    select
        provider_code,
        commissioner_code,
        area_level,
        coalesce(area_code, '{{ var("unknown_area_code") }}') as area_code,
        case
            when area_code is not null then min(area_name) over (partition by area_level, area_code)
        end as area_name
    from list_levels

)

select * from name_areas
