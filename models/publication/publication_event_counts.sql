{{ config(alias='event_counts') }}
{# One row per period, area, ethnic classification, ethnic group and event: how many there were, as it may leave. #}
with events_published as (

    select * from {{ ref('int_publication_events') }}

),

protected_counts as (

    select * from {{ ref('protected_counts') }}

),

statuses as (

    select * from {{ ref('figure_statuses') }}

),

join_counts as (

    select
        events_published.event_name,
        events_published.financial_year,
        events_published.period_kind,
        events_published.period,
        events_published.area_level,
        events_published.area_code,
        events_published.area_name,
        events_published.ethnic_classification,
        events_published.ethnic_group,
        protected_counts.published_count as event_count,
        protected_counts.status as figure_status,
        coalesce(statuses.figure_marker, '') as figure_marker
    from events_published
    inner join protected_counts
        on events_published.figure_name = protected_counts.cell_id
    inner join statuses
        on protected_counts.status = statuses.figure_status

)

select * from join_counts
