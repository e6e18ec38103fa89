{#
One row per financial year, organisation, group and measure of the annual statistics, with the percentage where the
measure is an outcome.
Source of the rule: int_published_counts and int_published_rates.
#}
with counts as (

    select * from {{ ref('int_published_counts') }}

),

organisations as (

    select * from {{ ref('int_published_organisations') }}

),

rates as (

    select * from {{ ref('int_published_rates') }}

),

describe_counts as (

    select
        counts.financial_year,
        organisations.organisation_level,
        counts.organisation_code,
        organisations.organisation_name,
        organisations.is_count_rounded,
        counts.group_id,
        counts.measure,
        counts.count_value,
        counts.count_status,
        rates.denominator_count,
        100 * rates.rate as percentage
    from counts
    inner join organisations
        on {{ published_keys_match(
            'counts', 'organisations', ['financial_year', 'organisation_type', 'organisation_code']
        ) }}
    left join rates
        on
            {{ published_keys_match(
                'counts', 'rates', ['financial_year', 'organisation_type', 'organisation_code', 'group_id']
            ) }}
            and counts.measure = rates.outcome

)

select * from describe_counts
