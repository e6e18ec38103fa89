{#
    One row per figure of a study and source of our data: our figure in the unit of the study's, with interval.
    Source of the rule: report, Tables 12 and 13, as the seed report_study_figures has them. A rate in per cent; the gap of
    two groups of one year, or of one group in two years, in points (Newcombe's method 10); an odds ratio as the
    regression of the whole extract has it.
#}
with figures as (

    select * from {{ ref('report_study_figures') }}

),

rates as (

    select * from {{ ref('int_national_rates') }}

),

estimates as (

    select * from {{ ref('estimates') }}
    where analysis = 'outcome' and estimator = 'logistic' and term = 'ethnic_group'

),

compare_rates as (

    {% set counts = [
        'rates.numerator_count', 'rates.denominator_count', 'other.numerator_count', 'other.denominator_count'
    ] %}
    select
        figures.finding_id,
        figures.part,
        rates.data_source,
        rates.financial_year,
        100 * case when figures.statistic = 'rate' then rates.rate else {{ risk_difference(*counts) }} end as our_value,
        100 * case when figures.statistic = 'rate' then rates.rate_low else {{ risk_difference_low(*counts) }} end
            as our_low,
        100 * case when figures.statistic = 'rate' then rates.rate_high else {{ risk_difference_high(*counts) }} end
            as our_high,
        rates.denominator_count as our_count
    from figures
    inner join rates
        on
            figures.measure = rates.measure
            and figures.ethnic_group = rates.ethnic_group
            and (
                figures.financial_year = rates.financial_year
                or (figures.financial_year is null and rates.is_latest_year)
            )
    -- The other group of the same year, or the same group of the other year.
    left join rates as other
        on
            rates.data_source = other.data_source
            and figures.measure = other.measure
            and coalesce(figures.comparator_group, figures.ethnic_group) = other.ethnic_group
            and coalesce(figures.earlier_year, rates.financial_year) = other.financial_year
    where figures.statistic in ('rate', 'rate_gap', 'rate_change')

),

compare_odds as (

    select
        figures.finding_id,
        figures.part,
        'raw_data' as data_source,
        cast(null as varchar) as financial_year,
        estimates.odds_ratio as our_value,
        estimates.odds_ratio_low as our_low,
        estimates.odds_ratio_high as our_high,
        estimates.level_observation_count as our_count
    from figures
    inner join estimates
        on
            figures.measure = estimates.outcome
            and figures.model = estimates.model
            and figures.ethnic_group = estimates.level_label
    where figures.statistic = 'odds_ratio'

),

unite_ours as (

    select * from compare_rates
    union all
    select * from compare_odds

)

select * from unite_ours
