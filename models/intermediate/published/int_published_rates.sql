{#
One row per financial year, organisation, group and outcome: int_published_outcomes with the rate, its status, its 95%
Wilson interval and the percentage that the publisher prints, and the rate that is best known.
Source of the rule: macro wilson_interval. Null, never 0, where the rate's status is not published. The publisher prints
the percentage of many organisations whose count not at caseness it hides; it is a rate with no counts behind it.
#}
{{ config(materialized='table') }}

with outcomes as (

    select * from {{ ref('int_published_outcomes') }}

),

percentages as (

    select
        *,
        measure as outcome
    from {{ ref('int_published_cells') }}
    where statistic = 'percentage'

),

add_rates as (

    select
        outcomes.*,
        -- Rounding to 5, and two events of different referrals, can put a numerator above its denominator.
        case
            when outcomes.numerator_status <> 'published' then outcomes.numerator_status
            when outcomes.denominator_status <> 'published' then outcomes.denominator_status
            when outcomes.denominator_count < outcomes.numerator_count then 'numerator_above_denominator'
            when outcomes.denominator_count <= 0 then 'no_denominator'
            else 'published'
        end as rate_status,
        {{ rate('outcomes.numerator_count', 'outcomes.denominator_count') }} as rate,
        {{ wilson_interval_low('outcomes.numerator_count', 'outcomes.denominator_count') }} as rate_low,
        {{ wilson_interval_high('outcomes.numerator_count', 'outcomes.denominator_count') }} as rate_high,
        percentages.cell_value as published_percentage
    from outcomes
    left join percentages
        on {{ published_keys_match(
            'outcomes', 'percentages', ['financial_year', 'organisation_type', 'organisation_code', 'group_id', 'outcome']
        ) }}

),

choose_best as (

    select
        *,
        case rate_status
            when 'published' then rate
            when 'suppressed' then cast(published_percentage as double) / 100
        end as best_rate,
        case
            when rate_status = 'published' then 'counts'
            when rate_status = 'suppressed' and published_percentage is not null then 'published_percentage'
        end as best_rate_source
    from add_rates

)

select * from choose_best
