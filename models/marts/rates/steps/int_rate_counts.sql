{{ config(materialized='table') }}
{#
    One row per year, area, ethnic classification, ethnic group, characteristic, its value and measure. Counts come by area, of
    which there are fewer than pairs of provider and commissioner, and are added up by ethnic group. Crossed with a
    characteristic or by month, small areas have the groups of macro groups_in_area alone.
#}
with access_counts as (

    select * from {{ ref('int_access_counts') }}

),

outcome_counts as (

    select * from {{ ref('int_outcome_counts') }}

),

experience_fates as (

    select * from {{ ref('int_experience_fates') }}

),

areas as (

    select * from {{ ref('int_areas') }}

),

classifications as (

    select * from {{ ref('int_ethnic_classifications') }}

),

-- Not crossed with a characteristic: few answer. Who was not asked is in no count, and may have been discharged in a
-- year without a course, or not at all.
count_experience as (

    select
        financial_year,
        provider_code,
        commissioner_code,
        ethnicity_key,
        'all' as characteristic,
        'all' as characteristic_value,
        measure_kind,
        measure,
        {{ count_by_fate(1) }}
    from experience_fates
    where coalesce(row_fate, 'counts') <> 'not_at_risk' and financial_year is not null
    group by all

),

sum_experience_by_area as (

    select
        count_experience.financial_year,
        areas.area_level,
        areas.area_code,
        count_experience.ethnicity_key,
        count_experience.characteristic,
        count_experience.characteristic_value,
        count_experience.measure_kind,
        count_experience.measure,
        sum(count_experience.numerator_count) as numerator_count,
        sum(count_experience.denominator_count) as denominator_count,
        sum(count_experience.unknown_count) as unknown_count,
        sum(count_experience.outside_window_count) as outside_window_count,
        sum(count_experience.too_recent_count) as too_recent_count
    from count_experience
    inner join areas
        on {{ counts_in_area('count_experience') }}
    group by all

),

unite_counts as (

    select * from access_counts
    union all
    select * from outcome_counts
    union all
    select * from sum_experience_by_area

),

sum_by_group as (

    select
        unite_counts.financial_year,
        unite_counts.area_level,
        unite_counts.area_code,
        classifications.ethnic_classification,
        classifications.ethnic_group,
        classifications.is_reference_included,
        unite_counts.characteristic,
        unite_counts.characteristic_value,
        unite_counts.measure_kind,
        unite_counts.measure,
        sum(unite_counts.numerator_count) as numerator_count,
        sum(unite_counts.denominator_count) as denominator_count,
        sum(unite_counts.unknown_count) as unknown_count,
        sum(unite_counts.outside_window_count) as outside_window_count,
        sum(unite_counts.too_recent_count) as too_recent_count
    from unite_counts
    inner join classifications
        on
            unite_counts.ethnicity_key = classifications.ethnicity_key
            and (
                unite_counts.characteristic = 'all'
                or {{ groups_in_area('unite_counts') }}
            )
    group by all

),

list_areas as (

    select
        area_level,
        area_code,
        min(area_name) as area_name
    from areas
    group by area_level, area_code

),

name_areas as (

    select
        sum_by_group.*,
        list_areas.area_name
    from sum_by_group
    left join list_areas
        on sum_by_group.area_level = list_areas.area_level and sum_by_group.area_code = list_areas.area_code

)

select * from name_areas
