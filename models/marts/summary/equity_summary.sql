{#
One row per financial year, area, ethnic classification, ethnic group and indicator: the figure, its interval, its gap to
White British, what has become of both since the year before, and how far to rely on it.
Source of the rule: part 1 of the Patient and Carer Race Equality Framework (the statistics that a board looks at). A
gap, a change or a change of a gap is said only where its 95% interval leaves out nought; a gap is wider where it has
moved away from nought on the side that it was on.
#}
with figures as (

    select * from {{ ref('int_equity_figures') }}

),

changes as (

    select * from {{ ref('int_equity_changes') }}

),

definitions as (

    select * from {{ ref('definitions') }}

),

indicators as (

    select
        indicators.indicator,
        definitions.term_label as indicator_label,
        definitions.numerator || ', of: ' || lower(left(definitions.denominator, 1))
        || substr(definitions.denominator, 2) as definition
    from {{ ref('equity_indicators') }} as indicators
    inner join definitions
        on
            indicators.indicator = definitions.term
            and indicators.measure_of || '.measure' = definitions.vocabulary

),

find_changes as (

    select
        figures.*,
        indicators.indicator_label,
        indicators.definition,
        changes.figure_last_year,
        changes.figure_change,
        changes.figure_change_low,
        changes.figure_change_high,
        changes.difference_last_year,
        changes.gap_change,
        changes.gap_change_low,
        changes.gap_change_high
    from figures
    inner join indicators
        on figures.indicator = indicators.indicator
    left join changes
        on
            figures.financial_year = changes.financial_year
            and figures.area_level = changes.area_level
            and figures.area_code = changes.area_code
            and figures.ethnic_classification = changes.ethnic_classification
            and figures.ethnic_group = changes.ethnic_group
            and figures.indicator = changes.indicator

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
        denominator_count,
        unknown_share,
        rate as figure,
        rate_low as figure_low,
        rate_high as figure_high,
        difference_to_white_british,
        difference_low,
        difference_high,
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
        difference_last_year,
        gap_change,
        gap_change_low,
        gap_change_high,
        case
            when gap_change_low is null then 'not_compared'
            when gap_change_low > 0 then if(difference_last_year > 0, 'wider', 'narrower')
            when gap_change_high < 0 then if(difference_last_year < 0, 'wider', 'narrower')
            else 'no_clear_change'
        end as gap_direction,
        reliability
    from find_changes

)

select * from read_intervals
