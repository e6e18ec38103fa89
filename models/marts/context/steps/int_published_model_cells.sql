{#
    One row per financial year, commissioner, ethnic group and outcome of the annual statistics: between which ends the
    events and the people at risk lie. Nothing is known of people where the finished courses are suppressed.
    Source of the rule: the seed published_outcome_definitions.
#}
{%- set cell = ['financial_year', 'organisation_type', 'organisation_code', 'ethnic_category_code'] %}
with count_bounds as (

    select * from {{ ref('int_published_count_bounds') }}

),

definitions as (

    select * from {{ ref('published_outcome_definitions') }}
    where denominator_measure = 'finished_course' and outcome <> 'no_reliable_change'

),

join_counts as (

    select
        events.financial_year,
        events.organisation_type,
        events.organisation_code,
        events.ethnic_category_code,
        definitions.outcome,
        finished.is_suppressed as is_left_out,
        events.is_suppressed or coalesce(excluded.is_suppressed, false) as is_uncertain,
        events.lowest_count as lowest_event_count,
        events.highest_count as highest_event_count,
        greatest(finished.lowest_count - coalesce(excluded.highest_count, 0), 0) as lowest_people_count,
        greatest(finished.lowest_count - coalesce(excluded.lowest_count, 0), 0) as highest_people_count
    from count_bounds as events
    inner join definitions on events.measure = definitions.numerator_measure
    inner join count_bounds as finished
        on {{ published_keys_match('events', 'finished', cell) }} and definitions.denominator_measure = finished.measure
    left join count_bounds as excluded
        on {{ published_keys_match('events', 'excluded', cell) }} and definitions.excluded_measure = excluded.measure
    where excluded.measure is not null or nullif(definitions.excluded_measure, '') is null

)

select * from join_counts
