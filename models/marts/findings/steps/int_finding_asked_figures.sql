{{ config(materialized='table') }}

{#
One row per finding about rates, source, period, measure, group and group compared with: the group's figure, its gap to
the group compared with (where there is none, the figure itself), and the year to compare it with.
Interval of a gap: macro joined_interval, which for two rates is the interval that they have elsewhere.
Source of the rule: the seed report_statements; records that begin after the year compared with are compared with their
first.
#}
with questions as (

    select * from {{ ref('int_finding_questions') }}
    where comparison in ('between groups', 'over time', 'gap over time', 'printed value', 'printed gap')

),

figures as (

    select * from {{ ref('int_finding_figures') }}

),

first_years as (

    select * from {{ ref('int_finding_first_years') }}

),

ask_figures as (

    select
        questions.finding_id,
        questions.comparison,
        questions.measure,
        questions.ethnic_group,
        questions.comparator,
        questions.direction,
        case
            when questions.baseline_start_year >= first_years.first_held_year then questions.baseline_start_year
            when questions.baseline_start_year < first_years.first_held_year then first_years.first_held_year
            else figures.start_year - 1
        end as compared_start_year,
        figures.data_source,
        figures.period,
        figures.start_year,
        figures.unit,
        figures.figure,
        figures.figure_low,
        figures.figure_high,
        figures.people_count
    from questions
    inner join figures
        on
            questions.measure = figures.measure
            and questions.ethnic_group = figures.ethnic_group
    inner join first_years
        on
            figures.data_source = first_years.data_source
            and figures.measure = first_years.measure
    where
        -- A group is not compared with itself, where it stands in both sets.
        (questions.comparator is null or questions.ethnic_group <> questions.comparator)
        -- What is printed for a year is said of that year alone.
        and (
            questions.comparison not in ('printed value', 'printed gap')
            or questions.first_start_year is null
            or figures.start_year between questions.first_start_year and questions.last_start_year
        )

),

compare_with_group as (

    select
        asked.*,
        other_figures.figure as comparator_figure,
        least(asked.people_count, other_figures.people_count) as fewest_people_count,
        asked.figure - coalesce(other_figures.figure, 0) as gap,
        {{ joined_interval_low(
            'asked.figure', 'asked.figure_low', 'other_figures.figure', 'other_figures.figure_high'
        ) }} as gap_low,
        {{ joined_interval_high(
            'asked.figure', 'asked.figure_high', 'other_figures.figure', 'other_figures.figure_low'
        ) }} as gap_high
    from ask_figures as asked
    left join figures as other_figures
        on
            asked.data_source = other_figures.data_source
            and asked.period = other_figures.period
            and asked.measure = other_figures.measure
            and asked.comparator = other_figures.ethnic_group
    where asked.comparator is null or other_figures.figure is not null

)

select * from compare_with_group
