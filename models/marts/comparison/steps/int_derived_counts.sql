{#
One row per financial year, organisation, group and measure: how many events of the year the raw data hold, by the names
that the national publication has for organisations and groups. Where there are finished courses, nobody with an outcome
is a count too.
Source of the rule: event_counts, which counts as the publication does, not the cohort of access_rates
(docs/decisions/cohort_or_events.md); measures: seed measure_definitions, published_counts.measure.
#}
with event_counts as (

    select * from {{ ref('event_counts') }}
    where period_kind = 'financial_year'

),

measures as (

    select
        term as measure,
        term not in ('referrals_received', 'first_treatment', 'second_treatment', 'finished_course')
            as is_of_finished_course
    from {{ ref('measure_definitions') }}
    where vocabulary = 'published_counts.measure'

),

groups as (

    select * from {{ ref('int_published_groups') }}
    where breakdown = 'ethnic_group'

),

name_as_published as (

    select
        financial_year,
        case when area_level = 'commissioner' then 'place' else area_level end as organisation_level,
        case when area_level = 'national' then 'All' else area_code end as organisation_code,
        case
            when ethnic_classification = 'ethnic_group' and ethnic_group = '{{ var("unknown_ethnic_group") }}'
                then 'not_stated'
            else ethnic_classification
        end as group_level,
        ethnic_group,
        event_name as measure,
        event_count
    from event_counts
    where area_level in ('national', 'commissioner', 'provider') and area_code <> '{{ var("unknown_area_code") }}'

),

find_groups as (

    select
        named.financial_year,
        named.organisation_level,
        named.organisation_code,
        groups.group_id,
        named.measure,
        named.event_count
    from name_as_published as named
    inner join groups
        on
            named.group_level = groups.group_level
            -- There is one group of everybody, and one of those without a category.
            and (named.group_level in ('total', 'not_stated') or named.ethnic_group = groups.group_label)

),

list_measures as (

    select
        finished.financial_year,
        finished.organisation_level,
        finished.organisation_code,
        finished.group_id,
        measures.measure,
        0 as event_count
    from find_groups as finished
    cross join measures
    where finished.measure = 'finished_course' and measures.is_of_finished_course
    union all
    select * from find_groups

),

count_measures as (

    select
        list_measures.financial_year,
        list_measures.organisation_level,
        list_measures.organisation_code,
        list_measures.group_id,
        list_measures.measure,
        measures.is_of_finished_course,
        cast(sum(list_measures.event_count) as bigint) as event_count
    from list_measures
    inner join measures
        on list_measures.measure = measures.measure
    group by all

)

select * from count_measures
