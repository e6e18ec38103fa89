{#
One row per financial year, organisation, ethnic group and outcome whose counts are in the input: counts, rate with 95%
Wilson interval, difference (Newcombe interval) and ratio (log-method interval) to White British of the same year and
organisation. Suppressed stays suppressed.
Source of the rule: the seed published_outcome_definitions; macros wilson_interval and rate_comparison.
#}
{%- set pair = ('rates.numerator_count', 'rates.denominator_count') -%}
{%- set against = pair + ('reference_rates.numerator_count', 'reference_rates.denominator_count') -%}
{%- set independent = 'not (groups.is_reference_group or groups.is_reference_included)' %}

with rates as (

    select * from {{ ref('int_published_rates') }}

),

groups as (

    select * from {{ ref('int_published_groups') }}
    where breakdown = 'ethnic_group'

),

organisations as (

    select * from {{ ref('int_published_organisations') }}

),

reference_rates as (

    select rates.*
    from rates
    inner join groups
        on rates.group_id = groups.group_id
    where groups.is_reference_group

),

compare_rates as (

    select
        rates.financial_year,
        organisations.organisation_level,
        rates.organisation_type,
        rates.organisation_code,
        organisations.organisation_name,
        groups.group_level as ethnic_classification,
        groups.ethnic_category_code,
        groups.group_label as ethnic_group,
        groups.high_level_ethnic_group,
        groups.is_reference_group,
        rates.outcome,
        rates.numerator_count,
        rates.numerator_status,
        rates.denominator_count,
        rates.denominator_status,
        rates.rate_status,
        rates.rate,
        rates.rate_low,
        rates.rate_high,
        rates.published_percentage,
        rates.best_rate,
        rates.best_rate_source,
        reference_rates.rate as white_british_rate,
        case when not groups.is_reference_group then {{ risk_difference(*against) }} end as difference_to_white_british,
        case when {{ independent }} then {{ risk_difference_low(*against) }} end as difference_low,
        case when {{ independent }} then {{ risk_difference_high(*against) }} end as difference_high,
        case when not groups.is_reference_group then {{ risk_ratio(*against) }} end as ratio_to_white_british,
        case when {{ independent }} then {{ risk_ratio_low(*against) }} end as ratio_low,
        case when {{ independent }} then {{ risk_ratio_high(*against) }} end as ratio_high,
        rates.is_summed as is_summed_from_categories,
        organisations.is_count_rounded
    from rates
    inner join groups
        on rates.group_id = groups.group_id
    inner join organisations
        on {{ published_keys_match(
            'rates', 'organisations', ['financial_year', 'organisation_type', 'organisation_code']
        ) }}
    left join reference_rates
        on {{ published_keys_match(
            'rates', 'reference_rates', ['financial_year', 'organisation_type', 'organisation_code', 'outcome']
        ) }}

)

select * from compare_rates
