{#
    One rule for rate and model alike: with ethnic group alone the odds ratio of a year is that of the two-by-two table that
    the rates of England have of that year, on as many rows and events.
#}
with estimates_by_year as (

    select * from {{ ref('estimates_by_year') }}
    where model = 'model_1'

),

outcomes as (

    select * from {{ ref('regression_outcomes') }}

),

access_rates as (

    select * from {{ ref('access_rates') }}
    where area_level = 'national' and ethnic_classification = 'ethnic_group'

),

compare_with_reference as (

    select
        rates.measure,
        rates.financial_year,
        rates.ethnic_group,
        rates.numerator_count,
        rates.denominator_count,
        (rates.numerator_count / nullif(rates.denominator_count - rates.numerator_count, 0))
        / (reference.numerator_count / nullif(reference.denominator_count - reference.numerator_count, 0)) as odds_ratio
    from access_rates as rates
    left join access_rates as reference
        on
            rates.measure = reference.measure
            and rates.financial_year = reference.financial_year
            -- The group that all are compared with has a gap to itself, and no interval of it.
            and reference.difference_to_white_british is not null
            and reference.difference_low is null

),

find_differences as (

    select
        estimates_by_year.outcome,
        estimates_by_year.financial_year,
        estimates_by_year.level,
        estimates_by_year.level_observation_count,
        estimates_by_year.level_event_count,
        compare_with_reference.denominator_count,
        compare_with_reference.numerator_count
    from estimates_by_year
    inner join outcomes
        on
            estimates_by_year.analysis = outcomes.analysis
            and estimates_by_year.outcome = outcomes.outcome
    left join compare_with_reference
        on
            outcomes.measure = compare_with_reference.measure
            and estimates_by_year.financial_year = compare_with_reference.financial_year
            and estimates_by_year.level_label = compare_with_reference.ethnic_group
    where
        estimates_by_year.level_observation_count is distinct from coalesce(compare_with_reference.denominator_count, 0)
        or estimates_by_year.level_event_count is distinct from coalesce(compare_with_reference.numerator_count, 0)
        or (
            estimates_by_year.reference_level = 'A'
            and estimates_by_year.estimate_status in ('estimated', 'small_group')
            and not coalesce(abs(estimates_by_year.odds_ratio / compare_with_reference.odds_ratio - 1) < 1e-9, false)
        )

)

select * from find_differences
