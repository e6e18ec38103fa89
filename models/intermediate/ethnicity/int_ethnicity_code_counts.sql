{{ config(materialized='table') }}
{# One row per provider, reporting month and pair of codes as sent (2001, 2021): records, and what the codes say
   (int_ethnicity_codes). The one pass over people's records that the quality marts need. #}
with people as (

    select * from {{ ref('int_records_people') }}

),

ethnicity_codes as (

    select * from {{ ref('int_ethnicity_codes') }}

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

read_codes as (

    select
        count_codes.*,
        ethnicity_codes.ethnic_category_code,
        ethnicity_codes.ethnicity_recording_status,
        ethnicity_codes.is_from_2021_code
    from count_codes
    inner join ethnicity_codes
        on
            count_codes.ethnic_category_raw is not distinct from ethnicity_codes.ethnic_category_raw
            and count_codes.ethnic_category_2021_raw is not distinct from ethnicity_codes.ethnic_category_2021_raw

)

select * from read_codes
