{#
    One row per finding of a study, figure of it and source of our data: what the study reports beside ours in the same
    unit, and whether the two agree.
    Source of the rule: report, Tables 12 and 13, as the seeds have them. A figure agrees where ours rounds to it or lies
    in its interval, a direction where our 95% interval lies wholly on that side of no difference (or of the level named).
    A figure in our interval, or no difference where we show none, is not contradicted: a wide interval proves nothing.
#}
with findings as (

    select * from {{ ref('report_study_findings') }}

),

studies as (

    select * from {{ ref('report_studies') }}

),

figures as (

    select * from {{ ref('report_study_figures') }}

),

unite_ours as (

    select * from {{ ref('int_study_figures') }}

),

place_side_by_side as (

    select
        findings.finding_id,
        coalesce(figures.part, 0) as part,
        unite_ours.data_source,
        findings.study_id,
        studies.printed_in,
        studies.study_kind,
        studies.sample_size,
        findings.area,
        findings.finding,
        figures.statistic,
        figures.measure,
        figures.ethnic_group,
        figures.comparator_group,
        figures.unit,
        figures.earlier_year,
        unite_ours.financial_year,
        figures.reported_direction,
        cast(figures.reported_value as double) as reported_value,
        cast(figures.reported_low as double) as reported_low,
        cast(figures.reported_high as double) as reported_high,
        figures.reported_decimals,
        figures.null_value,
        unite_ours.our_value,
        unite_ours.our_low,
        unite_ours.our_high,
        cast(unite_ours.our_count as bigint) as our_count,
        case
            when unite_ours.our_low > figures.null_value then 'higher'
            when unite_ours.our_high < figures.null_value then 'lower'
            when unite_ours.our_low is not null and figures.null_value is not null then 'not shown'
        end as our_direction,
        findings.is_comparable,
        findings.is_of_published_statistics,
        figures.known_difference,
        findings.what_differs,
        findings.why_not_comparable,
        findings.page_first,
        findings.page_last,
        findings.source
    from findings
    inner join studies
        on findings.study_id = studies.study_id
    left join figures
        on findings.finding_id = figures.finding_id
    left join unite_ours
        on
            figures.finding_id = unite_ours.finding_id
            and figures.part = unite_ours.part

),

compare_figures as (

    select
        *,
        round(our_value, reported_decimals) = reported_value as is_same_figure,
        coalesce(our_value between reported_low and reported_high, false) as is_within_theirs,
        coalesce(reported_value between our_low and our_high, false) as is_within_ours
    from place_side_by_side

),

judge_findings as (

    select
        * exclude (null_value, is_within_theirs, is_within_ours),
        case
            when not is_comparable then 'not_comparable'
            when our_value is null then 'no_data'
            when is_same_figure or is_within_theirs or reported_direction = our_direction then 'agrees'
            when is_within_ours then 'not_contradicted'
            when reported_direction = 'different' and our_direction in ('higher', 'lower') then 'agrees'
            when reported_direction = 'no difference' and our_direction = 'not shown' then 'not_contradicted'
            when our_direction = 'not shown' or our_low is null then 'cannot_be_told'
            else 'disagrees'
        end as verdict
    from compare_figures

)

select * from judge_findings
