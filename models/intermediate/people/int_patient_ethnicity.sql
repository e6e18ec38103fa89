{{ config(materialized='table') }}
{#
    One row per patient of a provider and pair of ethnicity codes as sent: in how many months it was sent, what it says.
    Codes are counted first, so that each is looked up once a patient.
#}
with people as (

    select * from {{ ref('int_records_people') }}

),

ethnicity_codes as (

    select * from {{ ref('int_ethnicity_codes') }}

),

count_codes as (

    select
        patient_key,
        ethnic_category_raw,
        ethnic_category_2021_raw,
        count(*) as record_count,
        min(reporting_month) as first_month,
        max(reporting_month) as latest_month
    from people
    where patient_key is not null
    group by patient_key, ethnic_category_raw, ethnic_category_2021_raw

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
