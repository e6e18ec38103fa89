{#
One row per financial year, organisation, group and outcome whose counts are in the input, published or not: numerator
and denominator, each with its status.
Source of the rule: the seed published_outcome_definitions. Recovery and reliable recovery: finished courses less those
not at caseness, as the annual metadata say, and not the count at caseness, which leaves out courses that are neither.
#}
{{ config(materialized='table') }}

with counts as (

    select * from {{ ref('int_published_counts') }}

),

definitions as (

    select
        outcome,
        numerator_measure,
        denominator_measure,
        nullif(excluded_measure, '') as excluded_measure
    from {{ ref('published_outcome_definitions') }}

),

join_counts as (

    select
        numerators.financial_year,
        numerators.organisation_type,
        numerators.organisation_code,
        numerators.group_id,
        definitions.outcome,
        numerators.count_value as numerator_count,
        numerators.count_status as numerator_status,
        denominators.count_value
        - case when definitions.excluded_measure is null then 0 else excluded.count_value end as denominator_count,
        case
            when denominators.count_status <> 'published' then denominators.count_status
            when definitions.excluded_measure is null then 'published'
            else coalesce(excluded.count_status, 'not_given')
        end as denominator_status,
        numerators.is_summed
    from counts as numerators
    inner join definitions on numerators.measure = definitions.numerator_measure
    inner join counts as denominators
        on
            {{ published_keys_match(
                'numerators', 'denominators', ['financial_year', 'organisation_type', 'organisation_code', 'group_id']
            ) }}
            and definitions.denominator_measure = denominators.measure
    left join counts as excluded
        on
            {{ published_keys_match(
                'numerators', 'excluded', ['financial_year', 'organisation_type', 'organisation_code', 'group_id']
            ) }}
            and definitions.excluded_measure = excluded.measure

)

select * from join_counts
