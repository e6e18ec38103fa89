{#
One row per finding about rates, source, period, measure, group and group compared with: the difference that answers it,
with its 95% interval.
Differences: between groups, between years, or between the gaps of two years; or the figure itself, for a printed one.
Intervals: those of the two figures joined (MOVER; Zou and Donner 2008, Statistics in Medicine 27:1693-1702), which for
two rates is the interval of Newcombe (1998) that the rates have elsewhere.
#}
with questions as (

    select * from {{ ref('int_finding_questions') }}
    where comparison in ('between groups', 'over time', 'gap over time', 'printed value', 'printed gap')

),

figures as (

    select * from {{ ref('int_finding_figures') }}

),

-- Records that begin after the year compared with are compared with their first.
find_first_years as (

    select
        figure_source,
        measure,
        min(start_year) as first_held_year
    from figures
    group by figure_source, measure

),

ask_figures as (

    select
        questions.*,
        find_first_years.first_held_year,
        figures.figure_source,
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
    inner join find_first_years
        on
            figures.figure_source = find_first_years.figure_source
            and figures.measure = find_first_years.measure
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
        others.figure as comparator_figure,
        least(asked.people_count, others.people_count) as fewest_people_count,
        asked.figure - coalesce(others.figure, 0) as gap,
        asked.figure - others.figure
        - sqrt(power(asked.figure - asked.figure_low, 2) + power(others.figure_high - others.figure, 2)) as gap_low,
        asked.figure - others.figure
        + sqrt(power(asked.figure_high - asked.figure, 2) + power(others.figure - others.figure_low, 2)) as gap_high
    from ask_figures as asked
    left join figures as others
        on
            asked.figure_source = others.figure_source
            and asked.period = others.period
            and asked.measure = others.measure
            and asked.comparator = others.ethnic_group
    where asked.comparator is null or others.figure is not null

),

-- The gap to the group compared with, or where there is none the figure itself, then and now.
compare_with_year as (

    select
        now.*,
        earlier.gap as baseline_gap,
        least(now.fewest_people_count, earlier.fewest_people_count) as fewest_in_both_years,
        now.gap - earlier.gap as change,
        coalesce(now.gap_low, now.figure_low) as now_low,
        coalesce(now.gap_high, now.figure_high) as now_high,
        coalesce(earlier.gap_low, earlier.figure_low) as earlier_low,
        coalesce(earlier.gap_high, earlier.figure_high) as earlier_high
    from compare_with_group as now
    inner join compare_with_group as earlier
        on
            now.finding_id = earlier.finding_id
            and now.figure_source = earlier.figure_source
            and now.measure = earlier.measure
            and now.ethnic_group = earlier.ethnic_group
            and now.comparator is not distinct from earlier.comparator
            and now.start_year > earlier.start_year
            and earlier.start_year
            = coalesce(case when now.baseline_start_year is not null then greatest(now.baseline_start_year, now.first_held_year) end, now.start_year - 1)
    where now.comparison in ('over time', 'gap over time')

),

bound_changes as (

    select
        *,
        change - sqrt(power(gap - now_low, 2) + power(earlier_high - baseline_gap, 2)) as change_low,
        change + sqrt(power(now_high - gap, 2) + power(baseline_gap - earlier_low, 2)) as change_high,
        -- A gap narrows where it moves towards no gap, or past it.
        direction = 'narrower' and baseline_gap > 0 as is_turned
    from compare_with_year

),

answer_by_years as (

    select
        finding_id,
        figure_source,
        period,
        start_year,
        measure,
        unit,
        ethnic_group,
        comparator,
        cast(null as varchar) as model,
        gap as figure,
        baseline_gap as compared_figure,
        case when is_turned then -change else change end as difference,
        case when is_turned then -change_high else change_low end as difference_low,
        case when is_turned then -change_low else change_high end as difference_high,
        fewest_in_both_years as people_count
    from bound_changes

),

answer_by_groups as (

    select
        finding_id,
        figure_source,
        period,
        start_year,
        measure,
        unit,
        ethnic_group,
        comparator,
        cast(null as varchar) as model,
        case when comparison = 'printed gap' then abs(gap) else figure end as figure,
        comparator_figure as compared_figure,
        case when comparison = 'between groups' then gap end as difference,
        case
            when comparison = 'printed value' then figure_low
            when comparison = 'printed gap' and gap < 0 then -gap_high
            else gap_low
        end as difference_low,
        case
            when comparison = 'printed value' then figure_high
            when comparison = 'printed gap' and gap < 0 then -gap_low
            else gap_high
        end as difference_high,
        fewest_people_count as people_count
    from compare_with_group
    where comparison in ('between groups', 'printed value', 'printed gap')

),

unite_answers as (

    select * from answer_by_groups
    union all
    select * from answer_by_years

)

select * from unite_answers
