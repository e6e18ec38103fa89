{{ config(materialized='table') }}
{#
    One row per sample, period, area, ethnic classification, ethnic group, characteristic and category that anybody has:
    how many people are of it, of how many of whom it is known, also where that is none.
#}
with periods as (

    select * from {{ ref('int_presentation_periods') }}

),

list_categories as (

    select distinct
        characteristic,
        category
    from periods
    where category is not null

),

sum_cells as (

    select
        * exclude (category, referral_count, value_sum, square_sum, outside_window_count, too_recent_count),
        sum(case when category is not null then referral_count else 0 end) as known_count,
        sum(case when category is null then referral_count else 0 end) as missing_count,
        sum(outside_window_count) as outside_window_count,
        sum(too_recent_count) as too_recent_count
    from periods
    group by all

),

fill_categories as (

    select
        sum_cells.* replace (
            cast(sum_cells.known_count as bigint) as known_count,
            cast(sum_cells.missing_count as bigint) as missing_count,
            cast(sum_cells.outside_window_count as bigint) as outside_window_count,
            cast(sum_cells.too_recent_count as bigint) as too_recent_count
        ),
        list_categories.category,
        coalesce(periods.referral_count, 0) as category_count,
        periods.value_sum,
        periods.square_sum
    from sum_cells
    inner join list_categories
        on sum_cells.characteristic = list_categories.characteristic
    left join periods
        on
            sum_cells.sample = periods.sample
            and sum_cells.period_kind = periods.period_kind
            and sum_cells.period = periods.period
            and sum_cells.area_level = periods.area_level
            and sum_cells.area_code = periods.area_code
            and sum_cells.ethnic_classification = periods.ethnic_classification
            and sum_cells.ethnic_group = periods.ethnic_group
            and list_categories.characteristic = periods.characteristic
            and list_categories.category = periods.category

)

select * from fill_categories
