{#
    One row per month or quarter, area, ethnic classification, ethnic group and measure: rates of all kinds.
#}
with rates as (

    select * from {{ ref('int_rates') }}

),

select_columns as (

    select
        * exclude (is_pooled, year_count, is_reference_included, characteristic, characteristic_value)
        replace (
            cast(numerator_count as bigint) as numerator_count,
            cast(denominator_count as bigint) as denominator_count,
            cast(unknown_count as bigint) as unknown_count,
            cast(outside_window_count as bigint) as outside_window_count,
            cast(too_recent_count as bigint) as too_recent_count
        ),
        characteristic as period_kind,
        characteristic_value as period
    from rates
    where characteristic in ('month', 'quarter')

)

select * from select_columns
