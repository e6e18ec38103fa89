{#
    One row per year, area, ethnic classification, ethnic group, characteristic (gender, age band or deprivation quintile),
    its value and measure: rates of all kinds, crossed with one characteristic at a time.
#}
with rates as (

    select * from {{ ref('int_rates') }}

),

select_columns as (

    select
        * exclude (is_pooled, year_count, is_reference_included)
        replace (
            cast(numerator_count as bigint) as numerator_count,
            cast(denominator_count as bigint) as denominator_count,
            cast(unknown_count as bigint) as unknown_count,
            cast(outside_window_count as bigint) as outside_window_count,
            cast(too_recent_count as bigint) as too_recent_count
        )
    from rates
    where characteristic in ('gender', 'age_band', 'deprivation_quintile')

)

select * from select_columns
