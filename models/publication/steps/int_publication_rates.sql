{{ config(materialized='table') }}
{#
    One row per measure, period, area, ethnic classification, ethnic group, characteristic and its value: the two true
    counts of each rate that is published. Which are: seed publication_scope.
#}
{% set keys = ['measure_kind', 'measure', 'financial_year', 'period', 'area_level', 'area_code',
    'ethnic_classification', 'ethnic_group', 'characteristic', 'characteristic_value'] %}
with year_rates as (

    select
        *,
        'year' as period_kind,
        financial_year as period,
        'all' as characteristic,
        'all' as characteristic_value
    from {{ ref('int_publication_year_rates') }}

),

rates_by_characteristic as (

    select
        *,
        'year' as period_kind,
        financial_year as period
    from {{ ref('rates_by_characteristic') }}

),

rates_by_month as (

    select
        *,
        'all' as characteristic,
        'all' as characteristic_value
    from {{ ref('rates_by_month') }}

),

publication_scope as (

    select * from {{ ref('publication_scope') }}

),

unite_rates as (

    select * from year_rates
    union all by name
    select * from rates_by_characteristic
    union all by name
    select * from rates_by_month

),

choose_rates as (

    select
        {% for key in keys -%}
        unite_rates.{{ key }},
        {% endfor -%}
        unite_rates.period_kind,
        unite_rates.area_name,
        unite_rates.numerator_count,
        unite_rates.denominator_count,
        unite_rates.is_complete
    from unite_rates
    inner join publication_scope
        on
            unite_rates.period_kind = publication_scope.period_kind
            and (unite_rates.characteristic <> 'all') = publication_scope.is_crossed
            and unite_rates.area_level = publication_scope.area_level
            and unite_rates.ethnic_classification = publication_scope.ethnic_classification

),

name_figures as (

    select
        {{ figure_name('rates', keys) }} as figure_name,
        *
    from choose_rates

)

select * from name_figures
