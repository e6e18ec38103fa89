{#
    One row per area, ethnic classification, ethnic group and measure: its complete years together, for areas and groups
    too small for single years. Same measures, intervals and gaps as in access_rates and outcome_rates.
#}
with rates as (

    select * from {{ ref('int_rates') }}

),

select_columns as (

    select
        * exclude (
            measure_kind, characteristic, characteristic_value, is_pooled, is_complete, is_reference_included,
            financial_year
        )
        replace (cast(year_count as integer) as year_count),
        financial_year as financial_years
    from rates
    where is_pooled and measure_kind <> 'experience'

)

select * from select_columns
