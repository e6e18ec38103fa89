{#
One row per financial year, organisation, group and measure: how many events of the year the raw data hold, counted as the
national publication counts them: a referral in the year of its receipt, a treatment in its own, a finished course and its
outcome in that of its discharge, whenever the referral was received.
Source of the rule: annual metadata of NHS England (seed measure_definitions, published_counts.measure); events, not the
cohort of access_rates (docs/decisions/cohort_or_events.md).
#}
{%- set outcomes = [
    'finished_course', 'at_caseness', 'not_at_caseness', 'recovery', 'reliable_improvement', 'reliable_recovery',
    'reliable_deterioration', 'no_reliable_change',
] %}

with referrals as (

    select * from {{ ref('fct_referrals') }}

),

episodes as (

    select * from {{ ref('fct_episodes') }}

),

groups as (

    select * from {{ ref('int_published_groups') }}
    where breakdown = 'ethnic_group'

),

count_outcomes as (

    select
        discharge_financial_year as financial_year,
        provider_code,
        commissioner_code,
        ethnic_category_code,
        count(*) as finished_course,
        count(*) filter (where is_at_caseness) as at_caseness,
        count(*) filter (where not is_at_caseness) as not_at_caseness,
        count(*) filter (where is_recovered) as recovery,
        count(*) filter (where is_reliably_improved) as reliable_improvement,
        count(*) filter (where is_reliably_recovered) as reliable_recovery,
        count(*) filter (where is_reliably_deteriorated) as reliable_deterioration,
        count(*) filter (where is_paired and not is_reliably_improved and not is_reliably_deteriorated)
            as no_reliable_change
    from episodes
    group by all

),

count_events as (

    {% for measure, day in [
        ('referrals_received', 'referral_received_date'),
        ('first_treatment', 'first_treatment_date'),
        ('second_treatment', 'second_treatment_date'),
    ] %}
    select
        '{{ measure }}' as measure,
        false as is_of_finished_course,
        {{ financial_year(day) }} as financial_year,
        provider_code,
        commissioner_code,
        ethnic_category_code,
        count(*) as event_count
    from referrals
    where {{ day }} is not null
    group by all
    union all
    {% endfor %}
    {% for outcome in outcomes %}
    select
        '{{ outcome }}' as measure,
        {{ 'false' if loop.first else 'true' }} as is_of_finished_course,
        financial_year,
        provider_code,
        commissioner_code,
        ethnic_category_code,
        {{ outcome }} as event_count
    from count_outcomes
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- A category, or none valid, is a group by itself, and counted in its high-level group and in the total.
list_single_groups as (

    select
        ethnic_category_code,
        group_id
    from groups
    where group_level in ('ethnic_group', 'not_stated')

),

list_memberships as (

    select * from list_single_groups
    union all
    select
        group_id as ethnic_category_code,
        high_level_group_id as group_id
    from {{ ref('int_published_group_members') }}
    union all
    select
        list_single_groups.ethnic_category_code,
        groups.group_id
    from groups
    cross join list_single_groups
    where groups.group_level = 'total'

),

add_levels as (

    select
        financial_year,
        ethnic_category_code,
        measure,
        is_of_finished_course,
        event_count,
        'national' as organisation_level,
        'All' as organisation_code
    from count_events
    union all
    select
        financial_year,
        ethnic_category_code,
        measure,
        is_of_finished_course,
        event_count,
        'place' as organisation_level,
        commissioner_code as organisation_code
    from count_events
    where commissioner_code is not null
    union all
    select
        financial_year,
        ethnic_category_code,
        measure,
        is_of_finished_course,
        event_count,
        'provider' as organisation_level,
        provider_code as organisation_code
    from count_events

),

add_up_groups as (

    select
        add_levels.financial_year,
        add_levels.organisation_level,
        add_levels.organisation_code,
        list_memberships.group_id,
        add_levels.measure,
        add_levels.is_of_finished_course,
        cast(sum(add_levels.event_count) as bigint) as event_count
    from add_levels
    inner join list_memberships
        on add_levels.ethnic_category_code is not distinct from list_memberships.ethnic_category_code
    group by all

)

select * from add_up_groups
