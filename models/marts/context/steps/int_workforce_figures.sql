{#
    One row per statistic, source of data, ethnic group and financial year: the workforce over people referred, over the
    population, men of the workforce over those of the population, and the share of men among people referred.
    Source of the rule: report, Tables 1 and 2, section 2.2, recommendations 8 and 9. The ends of a ratio of printed
    figures are those of their rounding.
#}
with workforce as (

    select * from {{ ref('workforce_representation') }}

),

genders as (

    select * from {{ ref('report_workforce') }}
    where characteristic = 'gender'

),

referrals as (

    select * from {{ ref('fct_referrals') }}
    where is_received_in_window and gender in ('male', 'female')

),

national_rates as (

    select * from {{ ref('int_national_rates') }}

),

compare_with_referrals as (

    select
        'workforce_ratio' as statistic,
        cast(null as varchar) as outcome,
        data_source,
        ethnic_group,
        financial_year,
        workforce_to_referrals as figure,
        workforce_to_referrals_low as figure_low,
        workforce_to_referrals_high as figure_high,
        known_referral_count as figure_count
    from workforce

),

compare_with_census as (

    select distinct
        'workforce_population_ratio' as statistic,
        cast(null as varchar) as outcome,
        'report' as data_source,
        ethnic_group,
        cast(null as varchar) as financial_year,
        workforce_to_census as figure,
        workforce_to_census_low as figure_low,
        workforce_to_census_high as figure_high,
        cast(null as bigint) as figure_count
    from workforce

),

compare_men as (

    -- The report prints men of the workforce and women of the population.
    select
        'male_workforce_ratio' as statistic,
        cast(null as varchar) as outcome,
        'report' as data_source,
        '{{ var("all_ethnic_groups") }}' as ethnic_group,
        cast(null as varchar) as financial_year,
        cast(staff.printed_percentage / (100 - population.printed_percentage) as double) as figure,
        cast((staff.printed_percentage - 0.5) / (100.5 - population.printed_percentage) as double) as figure_low,
        cast((staff.printed_percentage + 0.5) / (99.5 - population.printed_percentage) as double) as figure_high,
        cast(null as bigint) as figure_count
    from genders as staff
    inner join genders as population
        on
            staff.population_id = 'iapt_workforce'
            and staff.category = 'Male'
            and population.population_id = 'population_of_england'
            and population.category = 'Female'

),

complete_years as (

    select financial_year
    from national_rates
    where data_source = 'raw_data' and measure = 'ethnicity_known'

),

count_men as (

    select
        coalesce(referrals.high_level_ethnic_group, '{{ var("unknown_ethnic_group") }}') as ethnic_group,
        referrals.referral_financial_year as financial_year,
        sum(case when referrals.gender = 'male' then 1 else 0 end) as male_count,
        count(*) as referral_count
    from referrals
    inner join complete_years
        on referrals.referral_financial_year = complete_years.financial_year
    group by referrals.high_level_ethnic_group, referrals.referral_financial_year

),

share_men as (

    {% set counts = ['male_count', 'referral_count'] %}
    select
        'male_share' as statistic,
        cast(null as varchar) as outcome,
        'raw_data' as data_source,
        ethnic_group,
        financial_year,
        100 * {{ rate(*counts) }} as figure,
        100 * {{ wilson_interval_low(*counts) }} as figure_low,
        100 * {{ wilson_interval_high(*counts) }} as figure_high,
        referral_count as figure_count
    from count_men

),

unite_figures as (

    select * from compare_with_referrals
    union all
    select * from compare_with_census
    union all
    select * from compare_men
    union all
    select * from share_men

)

select * from unite_figures
