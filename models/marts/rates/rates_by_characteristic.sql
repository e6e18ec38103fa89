{#
    One row per year, area, ethnic classification, ethnic group, characteristic (gender, age band, deprivation
    quintile, or one of language: seed rate_characteristics), its value and measure: rates of all kinds, crossed with one
    characteristic at a time.
#}
with rates as (

    select * from {{ ref('int_rates') }}

),

characteristics as (

    select * from {{ ref('rate_characteristics') }}

),

select_columns as (

    select * exclude (is_pooled, year_count, is_reference_included)
    from rates
    where
        characteristic in (
            select characteristics.characteristic
            from characteristics
            where not characteristics.is_period and characteristics.characteristic <> 'all'
        )

)

select * from select_columns
