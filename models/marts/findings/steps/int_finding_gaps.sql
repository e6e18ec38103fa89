{#
One row per finding about rates of one year, source, period, measure, group and group compared with: the difference that
answers it, with its 95% interval; for a printed figure, the interval of the figure itself.
Source of the rule: the seed report_statements.
#}
with asked_figures as (

    select * from {{ ref('int_finding_asked_figures') }}

),

answer_by_groups as (

    select
        finding_id,
        data_source,
        period,
        measure,
        unit,
        ethnic_group,
        comparator,
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
    from asked_figures
    where comparison in ('between groups', 'printed value', 'printed gap')

)

select * from answer_by_groups
