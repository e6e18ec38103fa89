{# One row per provider, category of 2021 and what EthnicCategory says in the same record: records and patients.
   Source of the rule: the seed ethnic_categories_2021. Codes outside the list are counted, not shown. #}
with people_records as (

    select * from {{ ref('int_people_ethnicity') }}

),

categories_2021 as (

    select * from {{ ref('ethnic_categories_2021') }}

),

look_up_categories as (

    select
        people_records.provider_code,
        people_records.patient_key,
        coalesce(categories_2021.label, '{{ var("not_listed_label") }}') as ethnic_category_2021,
        categories_2021.ethnic_category_code as mapped_ethnic_category_code,
        coalesce(categories_2021.is_hidden_in_2001, false) as is_hidden_in_2001,
        if(people_records.is_from_2021_code, null, people_records.ethnic_category_code) as ethnic_category_code,
        if(people_records.is_from_2021_code, 'missing', people_records.ethnicity_recording_status)
            as ethnicity_recording_status
    from people_records
    left join categories_2021
        on {{ clean_code('people_records.ethnic_category_2021_raw') }} = categories_2021.ethnic_category_2021_code
    where {{ clean_code('people_records.ethnic_category_2021_raw') }} is not null

),

count_records as (

    select
        * exclude (patient_key),
        case
            when mapped_ethnic_category_code is null then 'not_mapped'
            when ethnicity_recording_status = 'missing' then 'fills_missing'
            when ethnic_category_code is null then 'stated_in_2021_only'
            when ethnic_category_code = mapped_ethnic_category_code then 'agrees'
            else 'differs'
        end as agreement,
        count(*) as record_count,
        count(distinct patient_key) as patient_count
    from look_up_categories
    group by all

)

select * from count_records
