{#
One row per financial year, organisation, group and outcome: int_published_outcomes with the rate, its 95% Wilson
interval and the percentage that the publisher prints.
Source of the rule: macro wilson_interval. Null, never 0, where the rate's status is not published.
#}
with outcomes as (

    select * from {{ ref('int_published_outcomes') }}

),

percentages as (

    select * from {{ ref('int_published_cells') }}
    where statistic = 'percentage'

),

add_rates as (

    select
        outcomes.financial_year,
        outcomes.organisation_type,
        outcomes.organisation_code,
        outcomes.group_id,
        outcomes.outcome,
        outcomes.numerator_count,
        outcomes.numerator_status,
        outcomes.denominator_count,
        outcomes.denominator_status,
        outcomes.is_summed,
        outcomes.rate_status,
        {{ rate('outcomes.numerator_count', 'outcomes.denominator_count') }} as rate,
        {{ wilson_interval_low('outcomes.numerator_count', 'outcomes.denominator_count') }} as rate_low,
        {{ wilson_interval_high('outcomes.numerator_count', 'outcomes.denominator_count') }} as rate_high,
        percentages.cell_value as published_percentage
    from outcomes
    left join percentages
        on
            outcomes.financial_year = percentages.financial_year
            and outcomes.organisation_type = percentages.organisation_type
            and outcomes.organisation_code = percentages.organisation_code
            and outcomes.group_id = percentages.group_id
            and outcomes.outcome = percentages.measure

)

select * from add_rates
