{#
One row per rate printed in Table 4 of the report whose year is in the input: the printed percentage beside the one
computed from counts, where the input has first treatments; and the product of a group's two printed rates beside
finished courses over referrals, which needs no first treatments.
Source of the rule: the seeds report_table_4 and published_parameters (tolerance of the product).
#}
with printed as (

    select * from {{ ref('report_table_4') }}

),

outcomes as (

    select * from {{ ref('published_outcomes') }}
    where organisation_level = 'national'

),

categories as (

    select * from {{ ref('ethnic_categories') }}

),

given_years as (

    select distinct financial_year
    from outcomes

),

tolerance as (

    select parameter_value as product_tolerance_points
    from {{ ref('published_parameters') }}
    where parameter = 'product_tolerance_points'

),

multiply_rates as (

    select
        *,
        -- Two percentages of a group and year: access and course of treatment.
        0.01 * min(cast(printed_percentage as double)) over group_year
        * max(cast(printed_percentage as double)) over group_year as printed_product_percentage
    from printed
    window group_year as (partition by ethnic_category_code, financial_year)

),

compute_percentages as (

    select
        multiply_rates.ethnic_category_code,
        categories.ethnic_group,
        multiply_rates.financial_year,
        multiply_rates.outcome,
        multiply_rates.printed_percentage,
        computed.numerator_count,
        computed.denominator_count,
        {{ printed_percentage(
            'computed.numerator_count', 'computed.denominator_count', 'multiply_rates.printed_decimals'
        ) }} as computed_percentage,
        multiply_rates.printed_product_percentage,
        100 * finished.rate as finished_per_referral_percentage
    from multiply_rates
    inner join categories on multiply_rates.ethnic_category_code = categories.ethnic_category_code
    left join outcomes as computed
        on
            multiply_rates.ethnic_category_code = computed.ethnic_category_code
            and multiply_rates.financial_year = computed.financial_year
            and multiply_rates.outcome = computed.outcome
    left join outcomes as finished
        on
            multiply_rates.ethnic_category_code = finished.ethnic_category_code
            and multiply_rates.financial_year = finished.financial_year
            and finished.outcome = 'finished_per_referral'
    where multiply_rates.financial_year in (select given_years.financial_year from given_years)

),

compare_percentages as (

    select
        *,
        computed_percentage - printed_percentage as difference_points,
        computed_percentage = printed_percentage as is_agreed,
        printed_product_percentage - finished_per_referral_percentage as product_difference_points,
        abs(printed_product_percentage - finished_per_referral_percentage)
        <= (select tolerance.product_tolerance_points from tolerance) as is_product_agreed
    from compute_percentages

)

select * from compare_percentages
