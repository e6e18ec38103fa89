{{ config(alias='equity_summary') }}
{#
    One row per financial year, area, ethnic classification, ethnic group and indicator: the figure, its gap to White
    British, what has become of it since the year before, and how far to rely on it, of what is published alone.
    Source of the rule: as equity_summary, of published rates: a gap or change is said only where its 95% interval leaves
    out nought. Last year's figure is compared only where it is shown and usable.
#}
with figures as (

    select * from {{ ref('int_publication_equity_figures') }}

),

compare_years as (

    select
        figures.*,
        last_year.rate as figure_last_year,
        figures.rate - last_year.rate as figure_change,
        {{ joined_interval_low('figures.rate', 'figures.rate_low', 'last_year.rate', 'last_year.rate_high') }}
            as figure_change_low,
        {{ joined_interval_high('figures.rate', 'figures.rate_high', 'last_year.rate', 'last_year.rate_low') }}
            as figure_change_high
    from figures
    left join figures as last_year
        on
            figures.first_year = last_year.first_year + 1
            and figures.area_level = last_year.area_level
            and figures.area_code = last_year.area_code
            and figures.ethnic_classification = last_year.ethnic_classification
            and figures.ethnic_group = last_year.ethnic_group
            and figures.indicator = last_year.indicator
            and figures.reliability = 'usable'
            and last_year.reliability = 'usable'

),

read_intervals as (

    select
        financial_year,
        area_level,
        area_code,
        area_name,
        ethnic_classification,
        ethnic_group,
        domain,
        indicator_order,
        indicator,
        indicator_label,
        definition,
        unit,
        numerator_count,
        numerator_status,
        denominator_count,
        denominator_status,
        rate as figure,
        rate_low as figure_low,
        rate_high as figure_high,
        difference_to_white_british,
        difference_low,
        difference_high,
        difference_status,
        case
            when reliability <> 'usable' then 'not_compared'
            else {{ better_or_worse('difference_low', 'difference_high', 'is_higher_better', 'no_clear_difference') }}
        end as gap_reading,
        figure_last_year,
        figure_change,
        figure_change_low,
        figure_change_high,
        {{ better_or_worse('figure_change_low', 'figure_change_high', 'is_higher_better', 'no_clear_change') }}
            as figure_direction,
        reliability,
        figure_status,
        figure_marker
    from compare_years

)

select * from read_intervals
