{#
One row per finding of the report, source that can answer it, and period: whether it holds there, and on how many
comparisons that rests. A finding that no source answers has one row, without source or period.
All, most or some of the comparisons must bear a finding out, as it is worded; those that cannot be told count for neither.
Source of the rule: the seed report_statements; docs/report_findings.md.
#}
with statements as (

    select * from {{ ref('report_statements') }}

),

figures as (

    select * from {{ ref('report_finding_figures') }}

),

questions as (

    select * from {{ ref('int_finding_questions') }}

),

-- A comparison that a source has no figure for cannot be told there.
count_questions as (

    select
        finding_id,
        count(*) as asked_count
    from questions
    where comparator is null or ethnic_group is null or ethnic_group <> comparator
    group by finding_id

),

count_verdicts as (

    select
        finding_id,
        data_source,
        period,
        count(*) as comparison_count,
        sum(case when verdict = 'holds' then 1 else 0 end) as holding_count,
        sum(case when verdict = 'does not hold' then 1 else 0 end) as failing_count,
        sum(case when verdict = 'cannot be told' then 1 else 0 end) as untold_count,
        sum(case when is_beyond_chance then 1 else 0 end) as beyond_chance_count
    from figures
    group by finding_id, data_source, period

),

count_missing as (

    select
        count_verdicts.*,
        greatest(count_questions.asked_count - count_verdicts.comparison_count, 0) as missing_count
    from count_verdicts
    inner join count_questions
        on count_verdicts.finding_id = count_questions.finding_id

),

answer_findings as (

    select
        statements.finding_id,
        statements.section,
        statements.page,
        statements.finding,
        statements.quantifier,
        counted.data_source,
        counted.period,
        case
            when counted.period is null then false
            when statements.first_year is null or length(counted.period) <> length(statements.first_year) then false
            else counted.period between statements.first_year and statements.last_year
        end as is_period_of_report,
        case
            when counted.finding_id is null then 'no data'
            when statements.quantifier = 'all' and counted.failing_count > 0 then 'does not hold'
            when statements.quantifier = 'all' and counted.untold_count + counted.missing_count > 0
                then 'cannot be told'
            when statements.quantifier = 'all' then 'holds'
            when statements.quantifier = 'some' and counted.holding_count > 0 then 'holds'
            when statements.quantifier = 'some' and counted.untold_count + counted.missing_count > 0
                then 'cannot be told'
            when statements.quantifier = 'some' then 'does not hold'
            when 2 * counted.holding_count > counted.comparison_count + counted.missing_count then 'holds'
            when 2 * counted.failing_count >= counted.comparison_count + counted.missing_count then 'does not hold'
            else 'cannot be told'
        end as verdict,
        cast(coalesce(counted.comparison_count + counted.missing_count, 0) as bigint) as comparison_count,
        cast(coalesce(counted.holding_count, 0) as bigint) as holding_count,
        cast(coalesce(counted.failing_count, 0) as bigint) as failing_count,
        cast(coalesce(counted.untold_count + counted.missing_count, 0) as bigint) as untold_count,
        cast(coalesce(counted.beyond_chance_count, 0) as bigint) as beyond_chance_count,
        statements.contradiction,
        statements.source,
        statements.source_status
    from statements
    left join count_missing as counted
        on statements.finding_id = counted.finding_id

)

select * from answer_findings
