{#
    One row per year, area, ethnic classification, ethnic group, characteristic (gender, age band or deprivation quintile),
    its value and measure: rates of all kinds, crossed with one characteristic at a time.
#}
with rates as (

    select * from {{ ref('int_rates') }}

),

select_columns as (

    select * exclude (is_pooled, year_count, is_reference_included)
    from rates
    where characteristic in ('gender', 'age_band', 'deprivation_quintile')

)

select * from select_columns
