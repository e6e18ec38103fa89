{#
    One row per source of data, financial year, ethnic classification, ethnic group and measure of England: how many of
    how many, with interval and gap to White British.
    Source of the rule: the marts that the rates are read from. Of raw data complete years only, since half a year cannot
    stand beside a whole one.
#}
with published_outcomes as (

    select * from {{ ref('published_outcomes') }}
    where organisation_level = 'national'

),

access_rates as (

    select * from {{ ref('access_rates') }}
    where
        area_level = 'national'
        and is_complete
        and ethnic_classification in ('total', 'ethnic_group', 'high_level_ethnic_group')

),

outcome_rates as (

    select * from {{ ref('outcome_rates') }}
    where
        area_level = 'national'
        and is_complete
        and ethnic_classification in ('total', 'ethnic_group', 'high_level_ethnic_group')

),

referral_shares as (

    select * from {{ ref('int_referral_shares') }}

),

unite_rates as (

    {% set columns = [
        'ethnic_group', 'numerator_count', 'denominator_count', 'rate', 'rate_low', 'rate_high',
        'difference_to_white_british', 'difference_low', 'difference_high'
    ] %}
    {% set rows = [
        ('published_statistics', 'published_outcomes', 'outcome'), ('raw_data', 'access_rates', 'measure'),
        ('raw_data', 'outcome_rates', 'measure')
    ] %}
    {% for data_source, table, measure in rows %}
    select
        '{{ data_source }}' as data_source,
        financial_year,
        ethnic_classification,
        {{ measure }} as measure,
        {{ columns | join(', ') }}
    from {{ table }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

unite_measures as (

    select * from unite_rates
    union all
    select * from referral_shares

),

mark_latest_years as (

    select
        *,
        financial_year = max(case when rate is not null then financial_year end) over (
            partition by data_source, measure
        ) as is_latest_year
    from unite_measures

)

select * from mark_latest_years
