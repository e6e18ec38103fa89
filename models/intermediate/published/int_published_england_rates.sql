{#
One row per financial year, ethnic category and outcome, England: int_published_rates, cut to what the report prints.
Source of the rule: report, section 3.4.1 and 3.6.1.
#}
with rates as (

    select
        *,
        group_id as ethnic_category_code
    from {{ ref('int_published_rates') }}

),

organisations as (

    select * from {{ ref('int_published_organisations') }}
    where organisation_level = 'national'

),

keep_england as (

    select
        rates.financial_year,
        categories.ethnic_category_code,
        categories.ethnic_group,
        rates.outcome,
        rates.numerator_count,
        rates.denominator_count,
        rates.rate
    from rates
    inner join organisations
        on {{ published_keys_match(
            'rates', 'organisations', ['financial_year', 'organisation_type', 'organisation_code']
        ) }}
    inner join {{ ref('ethnic_categories') }} as categories
        on rates.ethnic_category_code = categories.ethnic_category_code

)

select * from keep_england
