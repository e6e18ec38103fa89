{#
    One row per recommendation, measure that follows it, source of data, ethnic group and financial year: where it stands
    and which way it went since the year before; or one row with the reason why no data can follow it.
    Source of the rule: report, recommendations 1, 6, 8 and 9. Closer and further are meant of the target of the measure
    (no gap, all known, as many as in the population), by the calendar's year before; a workforce that was counted once
    goes neither way. Between two years with intervals the interval of the change must leave out 0 (both joined as in
    Newcombe's method 10: the years are other people).
#}
with recommendations as (

    select * from {{ ref('report_recommendations') }}

),

measures as (

    select * from {{ ref('recommendation_measures') }}

),

figures as (

    select
        *,
        cast(left(financial_year, 4) as integer) as start_year
    from {{ ref('int_recommendation_figures') }}
    where figure is not null

),

join_year_before as (

    select
        figures.*,
        earlier.figure as previous_figure,
        figures.figure - earlier.figure as figure_change,
        {{ joined_interval_low('figures.figure', 'figures.figure_low', 'earlier.figure', 'earlier.figure_high') }}
            as figure_change_low,
        {{ joined_interval_high('figures.figure', 'figures.figure_high', 'earlier.figure', 'earlier.figure_low') }}
            as figure_change_high,
        figures.start_year is null or figures.start_year = max(figures.start_year) over (
            partition by figures.statistic, figures.outcome, figures.data_source
        ) as is_latest_year
    from figures
    left join figures as earlier
        on
            figures.statistic = earlier.statistic
            and coalesce(figures.outcome, '') = coalesce(earlier.outcome, '')
            and figures.data_source = earlier.data_source
            and figures.ethnic_group = earlier.ethnic_group
            and figures.start_year = earlier.start_year + 1

),

follow_recommendations as (

    select
        recommendations.recommendation_number,
        coalesce(measures.measure, 'none') as measure,
        join_year_before.data_source,
        join_year_before.ethnic_group,
        join_year_before.financial_year,
        join_year_before.is_latest_year,
        recommendations.theme,
        recommendations.addressed_to,
        recommendations.recommendation,
        measures.measure_label,
        measures.unit,
        cast(measures.target_value as double) as target_value,
        join_year_before.figure,
        join_year_before.figure_low,
        join_year_before.figure_high,
        cast(join_year_before.figure_count as bigint) as figure_count,
        measures.is_repeated,
        case when measures.is_repeated then join_year_before.previous_figure end as previous_figure,
        case when measures.is_repeated then join_year_before.figure_change end as figure_change,
        case when measures.is_repeated then join_year_before.figure_change_low end as figure_change_low,
        case when measures.is_repeated then join_year_before.figure_change_high end as figure_change_high,
        abs(join_year_before.figure - measures.target_value) as distance,
        abs(join_year_before.previous_figure - measures.target_value) as previous_distance,
        coalesce(measures.why_not_followed, recommendations.why_not_followed) as why_not_followed,
        recommendations.page_first,
        recommendations.page_last,
        recommendations.source
    from recommendations
    left join measures
        on recommendations.recommendation_number = measures.recommendation_number
    left join join_year_before
        on
            measures.statistic = join_year_before.statistic
            and coalesce(measures.outcome, '') = coalesce(join_year_before.outcome, '')

),

judge_directions as (

    select
        * exclude (is_repeated, distance, previous_distance),
        case
            when why_not_followed is not null then 'cannot_be_followed'
            when figure is null then 'no_data'
            when not is_repeated then 'one_time_only'
            when previous_figure is null then 'no_year_before'
            when figure_change_low <= 0 and figure_change_high >= 0 then 'not_shown'
            when distance < previous_distance then 'closer'
            when distance > previous_distance then 'further'
            else 'unchanged'
        end as direction
    from follow_recommendations

)

select * from judge_directions
