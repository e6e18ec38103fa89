{# One row per commissioner, classification and group: people referred, and residents in the census. Source of the rule:
   the 16 groups; the 'any other' categories taken together (seed ethnic_category_specificity). Shares of people are
   shares of those whose category is known, as shares of residents are. #}
with referrals as (

    select * from {{ ref('int_referrals') }}

),

people as (

    select * from {{ ref('int_referrals_people') }}

),

census as (

    select * from {{ ref('stg_reference__census_ethnicity') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

specificity as (

    select * from {{ ref('ethnic_category_specificity') }}

),

count_people as (

    select
        referrals.commissioner_code,
        people.ethnic_category_code,
        count(distinct people.person_key) as person_count
    from referrals
    inner join people
        on referrals.referral_key = people.referral_key
    where people.ethnic_category_code is not null
    group by all

),

pair_counts as (

    select
        coalesce(count_people.commissioner_code, census.commissioner_code) as commissioner_code,
        coalesce(count_people.ethnic_category_code, census.ethnic_category_code) as ethnic_category_code,
        coalesce(count_people.person_count, 0) as person_count,
        census.population_count
    from count_people
    full outer join census
        on
            count_people.commissioner_code = census.commissioner_code
            and count_people.ethnic_category_code = census.ethnic_category_code

),

classify_counts as (

    select
        pair_counts.*,
        unnest(['ethnic_group', 'category_kind']) as ethnic_classification,
        unnest([
            ethnic_categories.ethnic_group, if(specificity.is_residual_category, 'residual', 'specific')
        ]) as ethnic_group
    from pair_counts
    inner join ethnic_categories
        on pair_counts.ethnic_category_code = ethnic_categories.ethnic_category_code
    inner join specificity
        on pair_counts.ethnic_category_code = specificity.ethnic_category_code

),

add_up as (

    select
        commissioner_code,
        ethnic_classification,
        ethnic_group,
        cast(sum(person_count) as bigint) as person_count,
        cast(sum(population_count) as bigint) as census_count
    from classify_counts
    group by all

)

select * from add_up
