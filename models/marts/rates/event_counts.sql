{#
    One row per financial year, quarter or month, area, ethnic classification, ethnic group and event: how many referrals
    came to the event in the period, or how many contacts were held in which way, as the national publication counts.
    Events of a period are of referrals of several periods, so no rate is made of them here: rates are of a cohort
    (docs/decisions/cohort_or_events.md).
#}
{% set crossed_area_levels = var('crossed_area_levels') | join("', '") %}
with event_days as (

    select * from {{ ref('int_event_days') }}
    union all by name
    select * from {{ ref('int_contact_days') }}

),

areas as (

    select * from {{ ref('int_areas') }}

),

classifications as (

    select * from {{ ref('int_ethnic_classifications') }}

),

sum_by_area as (

    select
        event_days.financial_year,
        event_days.event_quarter,
        event_days.event_month,
        areas.area_level,
        areas.area_code,
        areas.area_name,
        event_days.ethnicity_key,
        event_days.event_name,
        sum(event_days.event_count) as event_count
    from event_days
    inner join areas
        on
            event_days.provider_code = areas.provider_code
            and event_days.commissioner_code is not distinct from areas.commissioner_code
    group by all

),

list_periods as (

    select
        * exclude (event_month, event_quarter),
        'month' as period_kind,
        event_month as period
    from sum_by_area
    where area_level in ('{{ crossed_area_levels }}')
    union all
    select
        * exclude (event_month, event_quarter),
        'quarter' as period_kind,
        event_quarter as period
    from sum_by_area
    where area_level in ('{{ crossed_area_levels }}')
    union all
    select
        * exclude (event_month, event_quarter),
        'financial_year' as period_kind,
        financial_year as period
    from sum_by_area

),

sum_by_group as (

    select
        list_periods.financial_year,
        list_periods.period_kind,
        list_periods.period,
        list_periods.area_level,
        list_periods.area_code,
        list_periods.area_name,
        classifications.ethnic_classification,
        classifications.ethnic_group,
        list_periods.event_name,
        cast(sum(list_periods.event_count) as bigint) as event_count
    from list_periods
    inner join classifications
        on list_periods.ethnicity_key = classifications.ethnicity_key
    group by all

)

select * from sum_by_group
