{#
    One row per year of discharge, area, ethnic classification, ethnic group, characteristic and its value: the mean share
    of offered sessions attended, of finished courses. Source of the rule: report, section 3.6.2; Student's interval.
#}
with sums as (

    select * from {{ ref('int_attendance_sums') }}

),

areas as (

    select * from {{ ref('int_areas') }}

),

classifications as (

    select * from {{ ref('int_ethnic_classifications') }}

),

-- Both are outcomes of the same courses.
complete_years as (

    select * from {{ ref('int_complete_years') }}
    where measure = 'dropout'

),

sum_by_area as (

    select
        sums.financial_year,
        areas.area_level,
        areas.area_code,
        areas.area_name,
        sums.ethnicity_key,
        sums.characteristic,
        sums.characteristic_value,
        sum(sums.course_count) as course_count,
        sum(sums.value_sum) as value_sum,
        sum(sums.square_sum) as square_sum,
        sum(sums.unknown_count) as unknown_count,
        sum(sums.outside_window_count) as outside_window_count
    from sums
    inner join areas
        on {{ counts_in_area('sums') }}
    group by all

),

sum_by_group as (

    select
        sum_by_area.financial_year,
        sum_by_area.area_level,
        sum_by_area.area_code,
        sum_by_area.area_name,
        sum_by_area.characteristic,
        sum_by_area.characteristic_value,
        classifications.ethnic_classification,
        classifications.ethnic_group,
        classifications.is_reference_included,
        cast(sum(sum_by_area.course_count) as bigint) as course_count,
        cast(sum(sum_by_area.value_sum) as double) as value_sum,
        cast(sum(sum_by_area.square_sum) as double) as square_sum,
        cast(sum(sum_by_area.unknown_count) as bigint) as unknown_count,
        cast(sum(sum_by_area.outside_window_count) as bigint) as outside_window_count
    from sum_by_area
    inner join classifications
        on
            sum_by_area.ethnicity_key = classifications.ethnicity_key
            and (sum_by_area.characteristic = 'all' or {{ groups_in_area('sum_by_area') }})
    group by all

),

measure_means as (

    select
        *,
        value_sum / nullif(course_count, 0) as mean_share,
        {{ standard_deviation('course_count', 'value_sum', 'square_sum') }} as standard_deviation
    from sum_by_group

),

{% set mean = ['course_count', 'mean_share', 'standard_deviation'] %}
bound_means as (

    select
        *,
        {{ within_limits(mean_interval_low(*mean), 0, 1) }} as mean_low,
        {{ within_limits(mean_interval_high(*mean), 0, 1) }} as mean_high
    from measure_means

),

pick_reference as (

    select * from bound_means
    where ethnic_classification = 'minoritised' and is_reference_included

),

compare_with_reference as (

    select
        means.financial_year,
        complete_years.is_complete,
        means.area_level,
        means.area_code,
        means.area_name,
        means.ethnic_classification,
        means.ethnic_group,
        means.characteristic,
        means.characteristic_value,
        means.course_count,
        means.mean_share,
        means.mean_low,
        means.mean_high,
        means.standard_deviation,
        means.unknown_count,
        means.outside_window_count,
        means.mean_share - white_british.mean_share as difference_to_white_british,
        case
            when not means.is_reference_included
                then {{ joined_interval_low(
                    'means.mean_share', 'means.mean_low', 'white_british.mean_share', 'white_british.mean_high'
                ) }}
        end as difference_low,
        case
            when not means.is_reference_included
                then {{ joined_interval_high(
                    'means.mean_share', 'means.mean_high', 'white_british.mean_share', 'white_british.mean_low'
                ) }}
        end as difference_high
    from bound_means as means
    inner join complete_years
        on
            means.financial_year = complete_years.financial_year
            and means.area_level = complete_years.area_level
            and means.area_code = complete_years.area_code
    left join pick_reference as white_british
        on
            means.financial_year = white_british.financial_year
            and means.area_level = white_british.area_level
            and means.area_code = white_british.area_code
            and means.characteristic = white_british.characteristic
            and means.characteristic_value = white_british.characteristic_value

)

select * from compare_with_reference
