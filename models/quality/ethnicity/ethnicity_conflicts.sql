{# One row per provider and pair of different valid codes: people who have both. Source of the rule:
   int_ethnicity_conflicting_pairs. #}
with pairs as (

    select * from {{ ref('int_ethnicity_conflicting_pairs') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

count_people as (

    select
        pairs.provider_code,
        pairs.ethnic_category_code,
        pairs.other_ethnic_category_code,
        ethnic_categories.ethnic_group,
        other_categories.ethnic_group as other_ethnic_group,
        count(*) as person_count,
        count(*) filter (where pairs.is_within_provider) as within_provider_person_count
    from pairs
    inner join ethnic_categories
        on pairs.ethnic_category_code = ethnic_categories.ethnic_category_code
    inner join ethnic_categories as other_categories
        on pairs.other_ethnic_category_code = other_categories.ethnic_category_code
    group by all

)

select * from count_people
