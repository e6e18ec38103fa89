{#
One row per financial year, organisation, deprivation decile and outcome whose counts are in the input.
Source of the rule: deciles in the direction of the Indices of Deprivation, 1 = most deprived; the annual files number
them the other way ("01 Least deprived").
#}
with rates as (

    select * from {{ ref('int_published_rates') }}

),

groups as (

    select * from {{ ref('int_published_groups') }}
    where breakdown = 'deprivation'

),

organisations as (

    select * from {{ ref('int_published_organisations') }}

),

describe_rates as (

    select
        rates.financial_year,
        organisations.organisation_level,
        rates.organisation_type,
        rates.organisation_code,
        organisations.organisation_name,
        groups.group_label as deprivation_group,
        groups.imd_decile,
        rates.outcome,
        rates.numerator_count,
        rates.denominator_count,
        rates.rate_status,
        rates.rate,
        rates.rate_low,
        rates.rate_high,
        rates.published_percentage,
        rates.best_rate,
        rates.best_rate_source,
        organisations.is_count_rounded
    from rates
    inner join groups
        on rates.group_id = groups.group_id
    inner join organisations
        on {{ published_keys_match(
            'rates', 'organisations', ['financial_year', 'organisation_type', 'organisation_code']
        ) }}

)

select * from describe_rates
