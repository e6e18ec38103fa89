{# One row per referral year, area, ethnic classification, ethnic group and measure (access, course of treatment). #}
with rates as (

    select * from {{ ref('int_rates') }}

),

select_columns as (

    select * exclude (measure_kind, characteristic, characteristic_value, is_pooled, year_count, is_reference_included)
    from rates
    where measure_kind = 'access' and characteristic = 'all' and not is_pooled

)

select * from select_columns
