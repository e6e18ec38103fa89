{{ config(materialized='table') }}
{#
    One row per pair of ethnicity codes as sent (2001, 2021): the valid category, if any, and how ethnicity is recorded.
    Source of the rule: docs/rules.md, 9: valid by its exact code. Where the variable `use_ethnic_category_2021` says so,
    a category of 2021 that maps to one of 2001 fills in for a missing one.
#}
with people as (

    select * from {{ ref('int_records_people') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

unstated_codes as (

    select * from {{ ref('ethnicity_unstated_codes') }}

),

categories_2021 as (

    select * from {{ ref('ethnic_categories_2021') }}

),

list_codes as (

    select distinct
        ethnic_category_raw,
        ethnic_category_2021_raw
    from people

),

clean_codes as (

    select
        *,
        {{ clean_code('ethnic_category_raw') }} as code,
        {{ clean_code('ethnic_category_2021_raw') }} as code_2021
    from list_codes

),

give_status as (

    select
        clean_codes.*,
        ethnic_categories.ethnic_category_code as stated_category_code,
        case
            when clean_codes.code is null then 'missing'
            when ethnic_categories.ethnic_category_code is not null then 'valid'
            else coalesce(unstated_codes.ethnicity_recording_status, 'invalid')
        end as stated_status
    from clean_codes
    left join ethnic_categories
        on clean_codes.code = ethnic_categories.ethnic_category_code
    left join unstated_codes
        on clean_codes.code = unstated_codes.ethnicity_code

),

fill_missing as (

    select
        give_status.ethnic_category_raw,
        give_status.ethnic_category_2021_raw,
        coalesce(give_status.stated_category_code, categories_2021.ethnic_category_code) as ethnic_category_code,
        case
            when categories_2021.ethnic_category_code is not null then 'valid'
            else give_status.stated_status
        end as ethnicity_recording_status,
        categories_2021.ethnic_category_code is not null as is_from_2021_code
    from give_status
    left join categories_2021
        on
            give_status.code_2021 = categories_2021.ethnic_category_2021_code
            and give_status.stated_status = 'missing'
            and {{ true_or_false('use_ethnic_category_2021') }}

)

select * from fill_missing
