{{ config(materialized='table') }}
{#
    One row per patient of a provider and code as sent: in how many months it was sent, and what it says.
    Source of the rule: as in int_people_ethnicity; codes are counted first, so that each is looked up once a patient.
#}
with people as (

    select * from {{ ref('int_records_people') }}

),

count_codes as (

    select
        patient_key,
        ethnic_category_raw,
        {% if var('use_ethnic_category_2021') %}ethnic_category_2021_raw,{% endif %}
        count(*) as record_count,
        min(reporting_month) as first_month,
        max(reporting_month) as latest_month
    from people
    where patient_key is not null
    group by all

),

{{ validate_ethnicity('count_codes') }}

select * from validate_ethnicity
