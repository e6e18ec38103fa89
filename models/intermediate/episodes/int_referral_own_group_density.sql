{{ config(materialized='table') }}
{#
    One row per referral and ethnic category that it counts under, of which there are two only with the variable
    ethnicity_resolution as_reported: the share of residents of the category where the person lived at the time, else at
    the commissioner. Four decimals: more would tell which small area it is.
    Source of the rule: docs/rules.md, 33; report, appendix 1.7.
#}
with people as (

    select * from {{ ref('int_referrals_people') }}

),

episode_people as (

    select * from {{ ref('int_episodes_people') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

areas as (

    select * from {{ ref('int_referral_areas') }}

),

shares as (

    select * from {{ ref('int_area_group_shares') }}

),

list_categories as (

    select
        referral_key,
        person_id,
        ethnic_category_code
    from people
    where ethnic_category_code is not null
    union
    select
        referral_key,
        person_id,
        ethnic_category_code
    from episode_people
    where ethnic_category_code is not null

),

find_shares as (

    select
        list_categories.referral_key,
        list_categories.person_id,
        list_categories.ethnic_category_code,
        cast(coalesce(small_areas.group_share, commissioners.group_share) as decimal(5, 4)) as own_group_density,
        case
            when small_areas.group_share is not null and small_areas.is_broader_group then 'small area, broader group'
            when small_areas.group_share is not null then 'small area'
            when commissioners.group_share is not null then 'commissioner'
        end as own_group_density_source
    from list_categories
    inner join referrals
        on list_categories.referral_key = referrals.referral_key
    left join areas
        on list_categories.referral_key = areas.referral_key
    left join shares as small_areas
        on
            small_areas.area_kind = 'small area'
            and areas.lsoa_code = small_areas.area_code
            and list_categories.ethnic_category_code = small_areas.ethnic_category_code
    left join shares as commissioners
        on
            commissioners.area_kind = 'commissioner'
            and referrals.commissioner_code = commissioners.area_code
            and list_categories.ethnic_category_code = commissioners.ethnic_category_code

)

select * from find_shares
