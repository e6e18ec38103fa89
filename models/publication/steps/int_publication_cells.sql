{{ config(materialized='table') }}
{#
    One row per count that is published of the raw data: what is counted (block), of whom, and the count that it is a part
    of where a percentage of the two is shown.
#}
{% set keys = ['financial_year', 'period_kind', 'period', 'area_level', 'area_code', 'ethnic_classification',
    'ethnic_group', 'characteristic', 'characteristic_value'] | join(',\n        ') %}
with rates as (

    select * from {{ ref('int_publication_rates') }}

),

waits as (

    select
        *,
        'year' as period_kind,
        financial_year as period,
        'all' as characteristic,
        'all' as characteristic_value
    from {{ ref('int_publication_waits') }}

),

event_figures as (

    select
        *,
        'all' as characteristic,
        'all' as characteristic_value
    from {{ ref('int_publication_events') }}

),

presentation_cells as (

    select * from {{ ref('int_publication_presentation_cells') }}

),

recording_cells as (

    select * from {{ ref('int_publication_recording_cells') }}

),

unite_counts as (

    select
        figure_name || '.numerator' as cell_id,
        'rates.' || measure_kind || '.' || measure || '.numerator' as block,
        figure_name || '.denominator' as denominator_cell_id,
        numerator_count as true_count,
        {{ keys }}
    from rates
    union all by name
    select
        figure_name || '.denominator' as cell_id,
        'rates.' || measure_kind || '.' || measure || '.denominator' as block,
        denominator_count as true_count,
        {{ keys }}
    from rates
    {% for count in ['begun', 'ended', 'still', 'left'] -%}
    union all by name
    select
        figure_name || '.{{ count }}' as cell_id,
        'waits.' || wait || '.{{ count }}' as block,
        {{ count }}_{{ 'waiting' if count in ('still', 'left') else 'wait' }}_count as true_count,
        {{ keys }}
    from waits
    {% endfor -%}
    union all by name
    select
        figure_name as cell_id,
        'events.' || event_name as block,
        event_count as true_count,
        {{ keys }}
    from event_figures
    union all by name
    select * from presentation_cells
    union all by name
    select * from recording_cells

),

find_quarters as (

    select
        *,
        case
            when period_kind = 'month'
                then {{ financial_quarter("cast(period || '-01' as date)") }}
        end as financial_quarter
    from unite_counts

)

select * from find_quarters
