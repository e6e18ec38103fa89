{#
One row per financial year, organisation, group and outcome whose counts are in the input, published or not: numerator
and denominator, each with its status, and the status of the rate.
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
        denominators.count_value - case
            when definitions.excluded_measure is null then 0 else excluded.count_value
        end as denominator_count,
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
            numerators.financial_year = denominators.financial_year
            and numerators.organisation_type = denominators.organisation_type
            and numerators.organisation_code = denominators.organisation_code
            and numerators.group_id = denominators.group_id
            and definitions.denominator_measure = denominators.measure
    left join counts as excluded
        on
            numerators.financial_year = excluded.financial_year
            and numerators.organisation_type = excluded.organisation_type
            and numerators.organisation_code = excluded.organisation_code
            and numerators.group_id = excluded.group_id
            and definitions.excluded_measure = excluded.measure

),

-- Rounding to 5, and two events of different referrals, can put a numerator above its denominator.
judge_rates as (

    select
        *,
        case
            when numerator_status <> 'published' then numerator_status
            when denominator_status <> 'published' then denominator_status
            when denominator_count < numerator_count then 'numerator_above_denominator'
            when denominator_count <= 0 then 'no_denominator'
            else 'published'
        end as rate_status
    from join_counts

)

select * from judge_rates
