{{ config(materialized='table') }}
{#
    One row per sample, referral year, area, ethnicity, characteristic and category: how many referrals are in it, and how
    many are left out. Source of the rule: docs/rules.md, 28 and 29, as for the rates: who was received in the window, and
    for access and course of treatment observed for long enough.
#}
with presentation_counts as (

    select * from {{ ref('int_presentation_counts') }}

),

areas as (

    select * from {{ ref('int_areas') }}
    where area_level in ({{ crossed_area_levels() }})

),

samples as (

    select * from {{ ref('presentation_samples') }}

),

find_fates as (

    select
        presentation_counts.*,
        samples.sample,
        case
            when not presentation_counts.is_received_in_window then 'outside_window'
            when samples.sample = 'accessed' and not presentation_counts.has_enough_follow_up then 'too_recent'
            when
                samples.sample = 'course_of_treatment' and not presentation_counts.has_enough_follow_up_for_course
                then 'too_recent'
            else 'counted'
        end as row_fate
    from presentation_counts
    inner join samples
        on
            samples.sample = 'referred'
            or (samples.sample = 'accessed' and presentation_counts.is_accessed)
            or (samples.sample = 'course_of_treatment' and presentation_counts.is_course_of_treatment)

),

sum_by_fate as (

    select
        financial_year,
        provider_code,
        commissioner_code,
        ethnicity_key,
        sample,
        characteristic,
        category,
        sum(referral_count) filter (where row_fate = 'counted') as referral_count,
        sum(value_sum) filter (where row_fate = 'counted') as value_sum,
        sum(square_sum) filter (where row_fate = 'counted') as square_sum,
        sum(referral_count) filter (where row_fate = 'outside_window') as outside_window_count,
        sum(referral_count) filter (where row_fate = 'too_recent') as too_recent_count
    from find_fates
    group by all

),

sum_by_area as (

    select
        sum_by_fate.financial_year,
        areas.area_level,
        areas.area_code,
        areas.area_name,
        sum_by_fate.ethnicity_key,
        sum_by_fate.sample,
        sum_by_fate.characteristic,
        sum_by_fate.category,
        coalesce(sum(sum_by_fate.referral_count), 0) as referral_count,
        sum(sum_by_fate.value_sum) as value_sum,
        sum(sum_by_fate.square_sum) as square_sum,
        coalesce(sum(sum_by_fate.outside_window_count), 0) as outside_window_count,
        coalesce(sum(sum_by_fate.too_recent_count), 0) as too_recent_count
    from sum_by_fate
    inner join areas
        on
            sum_by_fate.provider_code = areas.provider_code
            and sum_by_fate.commissioner_code is not distinct from areas.commissioner_code
    group by all

)

select * from sum_by_area
