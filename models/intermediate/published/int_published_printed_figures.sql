{#
One row per figure printed in Tables 4 and 5 of the report whose year is in the input: the printed percentage beside the
one computed from the published counts.
Source of the rule: the seeds report_table_4 and report_table_5; rounded half up, as the publisher does, in whole numbers.
#}
with rates as (

    select * from {{ ref('int_published_england_rates') }}

),

printed as (

    select * from {{ ref('report_table_4') }}
    union all by name
    select * from {{ ref('report_table_5') }}

),

given_years as (

    select distinct financial_year
    from rates

),

compute_percentages as (

    select
        printed.ethnic_category_code,
        categories.ethnic_group,
        printed.financial_year,
        printed.outcome,
        printed.printed_percentage,
        rates.numerator_count,
        rates.denominator_count,
        {{ printed_percentage('rates.numerator_count', 'rates.denominator_count', 'printed.printed_decimals') }}
            as computed_percentage
    from printed
    inner join given_years
        on printed.financial_year = given_years.financial_year
    inner join {{ ref('ethnic_categories') }} as categories
        on printed.ethnic_category_code = categories.ethnic_category_code
    left join rates
        on {{ published_keys_match('printed', 'rates', ['ethnic_category_code', 'financial_year', 'outcome']) }}

),

compare_percentages as (

    select
        *,
        computed_percentage - printed_percentage as difference_points,
        computed_percentage = printed_percentage as is_agreed
    from compute_percentages

)

select * from compare_percentages
