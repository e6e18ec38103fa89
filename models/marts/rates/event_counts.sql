{#
    One row per financial year, quarter or month, area, ethnic classification, ethnic group and event: how many referrals
    came to the event in the period, or how many contacts were held in which way, as the national publication counts.
    Events of a period are of referrals of several periods, so no rate is made of them here: rates are of a cohort
    (docs/decisions/cohort_or_events.md).
#}
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

list_periods as (

    select
        * exclude (event_month, event_quarter),
        'month' as period_kind,
        event_month as period
    from event_days
    union all
    select
        * exclude (event_month, event_quarter),
        'quarter' as period_kind,
        event_quarter as period
    from event_days
    union all
    select
        * exclude (event_month, event_quarter),
        'financial_year' as period_kind,
        financial_year as period
    from event_days

),

sum_by_period as (

    select
        * exclude (event_count),
        sum(event_count) as event_count
    from list_periods
    group by all

),

sum_by_area as (

    select
        sum_by_period.financial_year,
        sum_by_period.period_kind,
        sum_by_period.period,
        areas.area_level,
        areas.area_code,
        areas.area_name,
        sum_by_period.ethnicity_key,
        sum_by_period.event_name,
        sum(sum_by_period.event_count) as event_count
    from sum_by_period
    inner join areas
        on
            sum_by_period.provider_code = areas.provider_code
            and sum_by_period.commissioner_code is not distinct from areas.commissioner_code
            and (
                sum_by_period.period_kind = 'financial_year'
                or areas.area_level in ({{ crossed_area_levels() }})
            )
    group by all

),

sum_by_group as (

    select
        sum_by_area.financial_year,
        sum_by_area.period_kind,
        sum_by_area.period,
        sum_by_area.area_level,
        sum_by_area.area_code,
        sum_by_area.area_name,
        classifications.ethnic_classification,
        classifications.ethnic_group,
        sum_by_area.event_name,
        cast(sum(sum_by_area.event_count) as bigint) as event_count
    from sum_by_area
    inner join classifications
        on sum_by_area.ethnicity_key = classifications.ethnicity_key
    group by all

)

select * from sum_by_group
