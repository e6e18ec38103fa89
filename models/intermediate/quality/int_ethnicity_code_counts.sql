{{ config(materialized='table') }}
{# One row per provider, reporting month and pair of codes as sent (2001, 2021): records, and what the 2001 code says.
   Source of the rule: as in int_people_ethnicity. The one pass over people's records that the quality marts need. #}
with people as (

    select * from {{ ref('int_records_people') }}

),

count_codes as (

    select
        mds_version,
        provider_code,
        reporting_month,
        ethnic_category_raw,
        ethnic_category_2021_raw,
        count(*) as record_count
    from people
    group by all

),

{{ validate_ethnicity('count_codes') }}

select * from validate_ethnicity
