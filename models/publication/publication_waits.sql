{{ config(alias='waits') }}
{#
    One row per referral year, area, ethnic classification, ethnic group and wait: how many began, ended, go on and were
    left, and how long people waited, as it may leave.
    Source of the rule: a mean or median is shown where the number of values behind it is (NHS Talking Therapies,
    Suppressed_Averages); in whole days.
#}
{% set counts = {'begun': 'begun_wait_count', 'ended': 'ended_wait_count', 'still': 'still_waiting_count',
    'left': 'left_waiting_count'} %}
{% set medians = ['median_days', 'median_days_low', 'median_days_high', 'lower_quartile_days', 'upper_quartile_days'] %}
with waits as (

    select * from {{ ref('int_publication_waits') }}

),

protected_counts as (

    select * from {{ ref('protected_counts') }}

),

statuses as (

    select * from {{ ref('figure_statuses') }}

),

join_counts as (

    select
        waits.* exclude ({{ counts.values() | join(', ') }}),
        {% for part, count in counts.items() -%}
        {{ part }}_counts.published_count as {{ count }},
        {{ part }}_counts.status as {{ count | replace('_count', '_status') }},
        {% endfor -%}
        case
            when ended_counts.published_count = 0 then 'no_data'
            else ended_counts.status
        end as figure_status
    from waits
    {% for part in counts -%}
    inner join protected_counts as {{ part }}_counts
        on waits.figure_name || '.{{ part }}' = {{ part }}_counts.cell_id
    {% endfor %}

),

show_waits as (

    select
        found.wait,
        found.financial_year,
        found.area_level,
        found.area_code,
        found.area_name,
        found.ethnic_classification,
        found.ethnic_group,
        {% for count in counts.values() -%}
        found.{{ count }},
        found.{{ count | replace('_count', '_status') }},
        {% endfor -%}
        {% for median in medians -%}
        case when found.figure_status = 'shown' then cast(round(found.{{ median }}) as integer) end as {{ median }},
        {% endfor -%}
        found.figure_status,
        coalesce(statuses.figure_marker, '') as figure_marker,
        found.is_complete
    from join_counts as found
    inner join statuses
        on found.figure_status = statuses.figure_status

)

select * from show_waits
