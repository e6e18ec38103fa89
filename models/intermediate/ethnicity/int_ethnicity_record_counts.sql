{# One row per provider and reporting month: people's records by how their ethnicity was recorded.
   Source of the rule: national data quality measures (valid, default, invalid, missing over all rows of the table; the
   class of each status in the seed ethnicity_vodim_classes); a useful code is valid and specific, by the seed
   ethnic_category_specificity. #}
with code_counts as (

    select * from {{ ref('int_ethnicity_code_counts') }}

),

specificity as (

    select * from {{ ref('ethnic_category_specificity') }}

),

vodim_classes as (

    select * from {{ ref('ethnicity_vodim_classes') }}

),

classify_codes as (

    select
        code_counts.*,
        vodim_classes.vodim_class,
        specificity.is_residual_category,
        specificity.is_useful
    from code_counts
    left join vodim_classes
        on code_counts.ethnicity_recording_status = vodim_classes.ethnicity_recording_status
    left join specificity
        on code_counts.ethnic_category_code = specificity.ethnic_category_code

),

count_records as (

    select
        provider_code,
        reporting_month,
        cast(sum(record_count) as bigint) as record_count,
        {{ count_of_records("ethnicity_recording_status = 'valid'") }} as valid_count,
        {{ count_of_records("ethnicity_recording_status = 'not_stated'") }} as not_stated_count,
        {{ count_of_records("ethnicity_recording_status = 'not_known'") }} as not_known_count,
        {{ count_of_records("ethnicity_recording_status = 'invalid'") }} as invalid_count,
        {{ count_of_records("ethnicity_recording_status = 'missing'") }} as missing_count,
        {{ count_of_records("vodim_class = 'valid'") }} as vodim_valid_count,
        {{ count_of_records("vodim_class = 'other'") }} as vodim_other_count,
        {{ count_of_records("vodim_class = 'default'") }} as vodim_default_count,
        {{ count_of_records("vodim_class = 'invalid'") }} as vodim_invalid_count,
        {{ count_of_records("vodim_class = 'missing'") }} as vodim_missing_count,
        {{ count_of_records('is_residual_category') }} as residual_category_count,
        {{ count_of_records('is_useful') }} as useful_count
    from classify_codes
    group by provider_code, reporting_month

)

select * from count_records
