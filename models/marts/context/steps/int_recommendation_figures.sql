{#
    One row per statistic, measure, source of data, ethnic group and financial year: the figures that follow a
    recommendation, each in the unit of the seed recommendation_measures.
    Source of the rule: report, recommendations 1, 6, 8 and 9.
#}
with national_rates as (

    select * from {{ ref('int_national_rates') }}

),

commissioner_shares as (

    select * from {{ ref('int_commissioner_shares') }}

),

workforce_figures as (

    select * from {{ ref('int_workforce_figures') }}

),

reference_groups as (

    select ethnic_group
    from {{ ref('ethnic_categories') }}
    where is_reference_group

),

measure_gaps as (

    select
        'gap' as statistic,
        measure as outcome,
        data_source,
        ethnic_group,
        financial_year,
        100 * difference_to_white_british as figure,
        100 * difference_low as figure_low,
        100 * difference_high as figure_high,
        denominator_count as figure_count
    from national_rates
    where
        ethnic_classification in ('ethnic_group', 'high_level_ethnic_group')
        and ethnic_group <> '{{ var("unknown_ethnic_group") }}'
        and ethnic_group not in (select reference_groups.ethnic_group from reference_groups)
        -- None for a group that White British people are part of, nor for shares of people referred.
        and difference_low is not null

),

share_known as (

    select
        'known_share' as statistic,
        cast(null as varchar) as outcome,
        data_source,
        ethnic_group,
        financial_year,
        100 * rate as figure,
        100 * rate_low as figure_low,
        100 * rate_high as figure_high,
        denominator_count as figure_count
    from national_rates
    where measure = 'ethnicity_known'

),

unite_figures as (

    select * from measure_gaps
    union all
    select * from share_known
    union all
    select * from commissioner_shares
    union all
    select * from workforce_figures

)

select * from unite_figures
