{#
One row per finding about rates over time, source, period, measure, group and group compared with: how far the figure, or
the gap, has moved since the year compared with, with its 95% interval.
A gap narrows where it moves towards no gap, or past it: the move is turned so that narrower is positive.
Source of the rule: report, section 3.6.1; interval: macro joined_interval.
#}
with asked_figures as (

    select * from {{ ref('int_finding_asked_figures') }}

),

compare_with_year as (

    select
        later.*,
        earlier.gap as baseline_gap,
        least(later.fewest_people_count, earlier.fewest_people_count) as fewest_in_both_years,
        later.gap - earlier.gap as moved,
        coalesce(later.gap_low, later.figure_low) as now_low,
        coalesce(later.gap_high, later.figure_high) as now_high,
        coalesce(earlier.gap_low, earlier.figure_low) as earlier_low,
        coalesce(earlier.gap_high, earlier.figure_high) as earlier_high
    from asked_figures as later
    inner join asked_figures as earlier
        on
            later.finding_id = earlier.finding_id
            and later.data_source = earlier.data_source
            and later.measure = earlier.measure
            and later.ethnic_group = earlier.ethnic_group
            and later.comparator is not distinct from earlier.comparator
            and later.start_year > earlier.start_year
            and later.compared_start_year = earlier.start_year
    where later.comparison in ('over time', 'gap over time')

),

bound_moves as (

    select
        *,
        {{ joined_interval_low('gap', 'now_low', 'baseline_gap', 'earlier_high') }} as move_low,
        {{ joined_interval_high('gap', 'now_high', 'baseline_gap', 'earlier_low') }} as move_high,
        -- A gap narrows where it moves towards no gap, or past it.
        direction = 'narrower' and baseline_gap > 0 as is_turned
    from compare_with_year

),

turn_moves as (

    select
        finding_id,
        data_source,
        period,
        measure,
        unit,
        ethnic_group,
        comparator,
        gap as figure,
        baseline_gap as compared_figure,
        case when is_turned then -moved else moved end as difference,
        case when is_turned then -move_high else move_low end as difference_low,
        case when is_turned then -move_low else move_high end as difference_high,
        fewest_in_both_years as people_count
    from bound_moves

)

select * from turn_moves
