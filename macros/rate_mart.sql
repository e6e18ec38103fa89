{# The columns of a mart of rates: those of int_rates whose measure stands in the given counts, with the area's name. #}
{% macro rate_mart(counts) %}
with rates as (

    select * from {{ ref('int_rates') }}

),

counts as (

    select distinct measure from {{ ref(counts) }}

),

commissioners as (

    select * from {{ ref('stg_reference__commissioners') }}

),

select_columns as (

    select
        rates.financial_year,
        rates.area_level,
        rates.area_code,
        commissioners.commissioner_name as area_name,
        rates.ethnic_classification,
        rates.ethnic_group,
        rates.measure,
        cast(rates.numerator_count as bigint) as numerator_count,
        cast(rates.denominator_count as bigint) as denominator_count,
        rates.rate,
        rates.rate_low,
        rates.rate_high,
        rates.difference_to_white_british,
        rates.difference_low,
        rates.difference_high,
        rates.ratio_to_white_british,
        rates.ratio_low,
        rates.ratio_high
    from rates
    inner join counts
        on rates.measure = counts.measure
    left join commissioners
        on rates.area_code = commissioners.commissioner_code

)

select * from select_columns
{% endmacro %}
