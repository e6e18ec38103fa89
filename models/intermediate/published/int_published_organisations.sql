{#
One row per financial year and organisation. One that stands under several names takes the first in the alphabet; the
others are kept beside it.
Source of the rule: the seed published_organisation_types for its level.
#}
{{ config(materialized='table') }}

with readings as (

    select * from {{ ref('int_published_readings') }}

),

organisation_types as (

    select distinct
        organisation_type,
        organisation_level,
        is_count_rounded
    from {{ ref('published_organisation_types') }}

),

merge_names as (

    select
        financial_year,
        organisation_type,
        organisation_code,
        min(organisation_name) as organisation_name,
        string_agg(distinct organisation_name, '; ' order by organisation_name) as organisation_names,
        bool_and(is_known_organisation_type) as is_known_organisation_type
    from readings
    group by financial_year, organisation_type, organisation_code

),

add_levels as (

    select
        merge_names.*,
        coalesce(organisation_types.organisation_level, 'unknown') as organisation_level,
        coalesce(organisation_types.is_count_rounded, true) as is_count_rounded
    from merge_names
    left join organisation_types
        on merge_names.organisation_type = organisation_types.organisation_type

)

select * from add_levels
