{#
One row per figure printed in Table 5 of the report whose year is in the input: the printed percentage beside the one
computed from the published counts.
Source of the rule: the seed report_table_5; rounded half up, as the publisher does, in whole numbers.
#}
with printed as (

    select * from {{ ref('report_table_5') }}

),

outcomes as (

    select * from {{ ref('published_outcomes') }}
    where organisation_level = 'national'

),

given_years as (

    select distinct financial_year
    from outcomes

),

categories as (

    select * from {{ ref('ethnic_categories') }}

),

compute_percentages as (

    select
        printed.ethnic_category_code,
        categories.ethnic_group,
        printed.financial_year,
        printed.outcome,
        printed.printed_percentage,
        outcomes.numerator_count,
        outcomes.denominator_count,
        {{ printed_percentage('outcomes.numerator_count', 'outcomes.denominator_count', 'printed.printed_decimals') }}
            as computed_percentage
    from printed
    inner join categories on printed.ethnic_category_code = categories.ethnic_category_code
    left join outcomes
        on
            printed.ethnic_category_code = outcomes.ethnic_category_code
            and printed.financial_year = outcomes.financial_year
            and printed.outcome = outcomes.outcome
    where printed.financial_year in (select given_years.financial_year from given_years)

),

compare_percentages as (

    select
        *,
        computed_percentage - printed_percentage as difference_points,
        computed_percentage = printed_percentage as is_agreed
    from compute_percentages

)

select * from compare_percentages
