{#
One row per financial year, organisation, group and outcome of finished courses in the raw data: what it is out of, and the
percentage, divided as the publication does.
Source of the rule: the seed published_outcome_definitions.
#}
with derived as (

    select * from {{ ref('int_derived_counts') }}

),

divide_derived as (

    select
        numerators.financial_year,
        numerators.organisation_level,
        numerators.organisation_code,
        numerators.group_id,
        numerators.measure,
        -- An outcome that leaves nobody out has no such count.
        denominators.event_count - coalesce(excluded.event_count, 0) as denominator_count,
        100 * {{ rate('numerators.event_count', 'denominators.event_count - coalesce(excluded.event_count, 0)') }}
            as percentage
    from derived as numerators
    inner join {{ ref('published_outcome_definitions') }} as definitions
        on numerators.measure = definitions.outcome
    inner join derived as denominators
        on
            {{ published_keys_match(
                'numerators', 'denominators', ['financial_year', 'organisation_level', 'organisation_code', 'group_id']
            ) }}
            and definitions.denominator_measure = denominators.measure
    left join derived as excluded
        on
            {{ published_keys_match(
                'numerators', 'excluded', ['financial_year', 'organisation_level', 'organisation_code', 'group_id']
            ) }}
            and definitions.excluded_measure = excluded.measure

)

select * from divide_derived
