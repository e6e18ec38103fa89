{#
    One row per month or quarter, area, ethnic classification, ethnic group and measure: rates of all kinds.
#}
with rates as (

    select * from {{ ref('int_rates') }}

),

select_columns as (

    select
        * exclude (is_pooled, year_count, is_reference_included, characteristic, characteristic_value),
        characteristic as period_kind,
        characteristic_value as period
    from rates
    where characteristic in ('month', 'quarter')

)

select * from select_columns
