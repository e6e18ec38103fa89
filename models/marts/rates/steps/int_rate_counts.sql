{#
    One row per year, area, ethnic classification, ethnic group, characteristic, its value and measure. Counts are added up by area first, of which
    there are fewer than pairs of provider and commissioner, and then by ethnic group. Crossed with a
    characteristic or by month, areas are of the levels of the variable crossed_area_levels, and the 16 groups are of
    England and regions only: below them a cell would hold a handful.
#}
{% set crossed_area_levels = var('crossed_area_levels') | join("', '") %}
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

unite_counts as (

    select * from access_counts
    union all
    select * from outcome_counts
    union all
    select * from count_experience

),

sum_by_area as (

    select
        unite_counts.financial_year,
        areas.area_level,
        areas.area_code,
        areas.area_name,
        unite_counts.ethnicity_key,
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
    inner join areas
        on
            unite_counts.provider_code = areas.provider_code
            and unite_counts.commissioner_code is not distinct from areas.commissioner_code
            and (
                unite_counts.characteristic = 'all'
                or areas.area_level in ('{{ crossed_area_levels }}')
            )
    group by all

),

sum_by_group as (

    select
        sum_by_area.financial_year,
        sum_by_area.area_level,
        sum_by_area.area_code,
        sum_by_area.area_name,
        classifications.ethnic_classification,
        classifications.ethnic_group,
        classifications.is_reference_included,
        sum_by_area.characteristic,
        sum_by_area.characteristic_value,
        sum_by_area.measure_kind,
        sum_by_area.measure,
        sum(sum_by_area.numerator_count) as numerator_count,
        sum(sum_by_area.denominator_count) as denominator_count,
        sum(sum_by_area.unknown_count) as unknown_count,
        sum(sum_by_area.outside_window_count) as outside_window_count,
        sum(sum_by_area.too_recent_count) as too_recent_count
    from sum_by_area
    inner join classifications
        on
            sum_by_area.ethnicity_key = classifications.ethnicity_key
            and (
                sum_by_area.characteristic = 'all'
                or sum_by_area.area_level in ('national', 'region')
                or classifications.ethnic_classification in ('high_level_ethnic_group', 'minoritised', 'total')
            )
    group by all

)

select * from sum_by_group
