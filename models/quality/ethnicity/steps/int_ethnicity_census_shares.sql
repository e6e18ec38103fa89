{{ config(materialized='table') }}
{# One row per commissioner, classification and group: people, residents and shares of residents; and the ways of not
   stating a category, which the census has no answer like. Source of the rule: int_ethnicity_census_counts. #}
with census_counts as (

    select * from {{ ref('int_ethnicity_census_counts') }}

),

unstated_counts as (

    select * from {{ ref('int_ethnicity_unstated_counts') }}

),

commissioners as (

    select * from {{ ref('stg_reference__commissioners') }}

),

unite_counts as (

    select
        *,
        cast(sum(person_count) over area as bigint) as all_person_count,
        census_count / nullif(sum(census_count) over area, 0) as census_share
    from census_counts
    window area as (partition by commissioner_code, ethnic_classification)
    union all by name
    select
        * rename (ethnicity_recording_status as ethnic_group),
        'recording_status' as ethnic_classification
    from unstated_counts

),

name_areas as (

    select
        unite_counts.*,
        commissioners.commissioner_name
    from unite_counts
    left join commissioners
        on unite_counts.commissioner_code = commissioners.commissioner_code

)

select * from name_areas
