{# One row per provider and reporting month: people's records by how their ethnicity was recorded.
   Source of the rule: national data quality measures (valid, default, invalid, missing over all rows of the table); a
   useful code is valid and specific, by the seed ethnic_category_specificity. #}
with people_records as (

    select * from {{ ref('int_people_records') }}

),

specificity as (

    select * from {{ ref('ethnic_category_specificity') }}

),

count_records as (

    select
        people_records.provider_code,
        people_records.reporting_month,
        count(*) as record_count,
        count(*) filter (where people_records.ethnicity_recording_status = 'valid') as valid_count,
        count(*) filter (where people_records.ethnicity_recording_status = 'not_stated') as not_stated_count,
        count(*) filter (where people_records.ethnicity_recording_status = 'not_known') as not_known_count,
        count(*) filter (where people_records.ethnicity_recording_status = 'invalid') as invalid_count,
        count(*) filter (where people_records.ethnicity_recording_status = 'missing') as missing_count,
        count(*) filter (where specificity.is_residual_category) as residual_category_count,
        count(*) filter (where specificity.is_useful) as useful_count
    from people_records
    left join specificity
        on people_records.ethnic_category_code = specificity.ethnic_category_code
    group by people_records.provider_code, people_records.reporting_month

)

select * from count_records
