{#
    One row per area, ethnic classification, ethnic group and measure: its complete years together, for areas and groups
    too small for single years. Same measures, intervals and gaps as in access_rates and outcome_rates.
#}
with rates as (

    select * from {{ ref('int_rates') }}

),

select_columns as (

    select
        financial_year as financial_years,
        cast(year_count as integer) as year_count,
        area_level,
        area_code,
        area_name,
        ethnic_classification,
        ethnic_group,
        measure,
        cast(numerator_count as bigint) as numerator_count,
        cast(denominator_count as bigint) as denominator_count,
        rate,
        rate_low,
        rate_high,
        difference_to_white_british,
        difference_low,
        difference_high,
        ratio_to_white_british,
        ratio_low,
        ratio_high,
        cast(unknown_count as bigint) as unknown_count,
        unknown_share,
        cast(outside_window_count as bigint) as outside_window_count,
        cast(too_recent_count as bigint) as too_recent_count
    from rates
    where is_pooled

)

select * from select_columns
