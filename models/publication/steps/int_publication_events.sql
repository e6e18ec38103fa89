{#
    One row per period, area, ethnic classification, ethnic group and event: how many there were, with the name of the
    published figure. Which are published: seed publication_scope.
#}
{% set keys = ['event_name', 'financial_year', 'period', 'area_level', 'area_code', 'ethnic_classification',
    'ethnic_group'] %}
with event_counts as (

    select * replace (case period_kind when 'financial_year' then 'year' else period_kind end as period_kind)
    from {{ ref('event_counts') }}

),

publication_scope as (

    select * from {{ ref('publication_scope') }}
    where not is_crossed

),

choose_counts as (

    select event_counts.*
    from event_counts
    inner join publication_scope
        on
            event_counts.period_kind = publication_scope.period_kind
            and event_counts.area_level = publication_scope.area_level
            and event_counts.ethnic_classification = publication_scope.ethnic_classification

),

name_figures as (

    select
        {{ figure_name('events', keys) }} as figure_name,
        *
    from choose_counts

)

select * from name_figures
