{# One row per referral year, area, ethnic classification, ethnic group and measure of a wait (weeks 6, 18; 90 days). #}
with rates as (

    select * from {{ ref('int_rates') }}

),

select_columns as (

    select
        financial_year,
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
        cast(too_recent_count as bigint) as too_recent_count,
        is_complete
    from rates
    where measure_kind = 'wait' and not is_pooled

)

select * from select_columns
