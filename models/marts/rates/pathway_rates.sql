{#
    One row per year, area, ethnic classification, ethnic group and measure of how a referral ended (unseen, not treated,
    treated once) or
    whether it repeated another, by year of receipt, or of whom a course was with (not at caseness), by year of discharge.
#}
with rates as (

    select * from {{ ref('int_rates') }}

),

select_columns as (

    select * exclude (measure_kind, characteristic, characteristic_value, is_pooled, year_count, is_reference_included)
    from rates
    where measure_kind = 'pathway' and characteristic = 'all' and not is_pooled

)

select * from select_columns
