{{ config(materialized='table') }}
{#
    One row per ethnic category and own-group density that occurs: the fifth it lies in, of people referred, 1 the lowest.
    People of one density are in one fifth; a person counts once at each density that was theirs. Fifths of everybody, or
    of each category by itself: variable own_group_density_fifths.
    Source of the rule: docs/rules.md, 33.
#}
{% set is_within_group = 'true' if own_group_density_fifths() == 'ethnic_group' else 'false' %}
with densities as (

    select * from {{ ref('int_referral_own_group_density') }}

),

count_people as (

    select
        ethnic_category_code,
        own_group_density,
        if({{ is_within_group }}, ethnic_category_code, 'everyone') as compared_people,
        count(distinct person_id) as person_count
    from densities
    where own_group_density is not null
    group by all

),

count_lower as (

    select
        ethnic_category_code,
        own_group_density,
        person_count,
        sum(person_count) over (partition by compared_people order by own_group_density)
        - sum(person_count) over (partition by compared_people, own_group_density) as lower_count,
        sum(person_count) over (partition by compared_people) as all_count
    from count_people

),

find_fifths as (

    select
        ethnic_category_code,
        own_group_density,
        cast(person_count as bigint) as person_count,
        cast(floor(5 * lower_count / all_count) as integer) + 1 as own_group_density_fifth
    from count_lower

)

select * from find_fifths
