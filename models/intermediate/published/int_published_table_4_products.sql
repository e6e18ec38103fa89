{#
One row per ethnic category and year of Table 4 of the report: the product of the two printed rates, access and course of
treatment, beside finished courses over referrals, which needs no count of first treatments.
Source of the rule: the seeds report_table_4 and published_parameters (tolerance).
#}
with finished_rates as (

    select * from {{ ref('int_published_england_rates') }}
    where outcome = 'finished_per_referral'

),

tolerance as (

    select parameter_value
    from {{ ref('published_parameters') }}
    where parameter = 'product_tolerance_points'

),

multiply_rates as (

    select
        ethnic_category_code,
        financial_year,
        0.01 * min(cast(printed_percentage as double)) * max(cast(printed_percentage as double)) as product_percentage
    from {{ ref('report_table_4') }}
    group by ethnic_category_code, financial_year
    having count(*) = 2

),

compare_products as (

    select
        multiply_rates.ethnic_category_code,
        multiply_rates.financial_year,
        multiply_rates.product_percentage as printed_product_percentage,
        100 * finished_rates.rate as finished_per_referral_percentage,
        multiply_rates.product_percentage - 100 * finished_rates.rate as product_difference_points,
        abs(multiply_rates.product_percentage - 100 * finished_rates.rate)
        <= (select tolerance.parameter_value from tolerance) as is_product_agreed
    from multiply_rates
    left join finished_rates
        on {{ published_keys_match('multiply_rates', 'finished_rates', ['ethnic_category_code', 'financial_year']) }}

)

select * from compare_products
