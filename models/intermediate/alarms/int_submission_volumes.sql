{#
    One row per kind of rows, provider and month from its first to its last: rows of the submission that is used (0
    where there is none), and the limits that the months around it set.
    Source of the rule: a chart of counts whose limits are widened for overdispersion, since a person open for several
    months is counted in each (Spiegelhalter 2005, funnel plots). The centre is the median of the months up to half a
    year before and after. Months vary around it by the median deviation of their kind, over all providers or the
    provider's own, whichever is more, and never by less than chance in counting (Poisson): medians, so that a month, or
    several, that stand apart widen no limit. How many of these standard deviations a limit is away follows from the
    chance of a false alarm, shared out among all months judged, of both kinds (normal distribution); nor is it nearer
    than a share of the centre. Numbers: seed submission_rules. A provider's first half-year, in which what is open
    builds up, sets limits and is not judged.
#}
with row_counts as (

    select * from {{ ref('int_monthly_row_counts') }}

),

rules as (

    select
        max(case when rule = 'alarm_chance' then rule_value end) as alarm_chance,
        max(case when rule = 'volume_robust_deviation' then rule_value end) as robust_deviation,
        max(case when rule = 'volume_least_share' then rule_value end) as least_share,
        max(case when rule = 'volume_baseline_months' then rule_value end) as baseline_months,
        max(case when rule = 'volume_least_months' then rule_value end) as least_months,
        max(case when rule = 'volume_least_rows' then rule_value end) as least_rows
    from {{ ref('submission_rules') }}

),

number_months as (

    select
        *,
        row_number() over (partition by row_kind, provider_code order by reporting_month) as month_number
    from row_counts

),

find_baselines as (

    select
        months.row_kind,
        months.provider_code,
        months.reporting_month,
        months.mds_version,
        months.source_table,
        months.row_count,
        months.month_number,
        count(*) as baseline_month_count,
        median(around.row_count) as centre_line
    from number_months as months
    cross join rules
    inner join number_months as around
        on
            months.row_kind = around.row_kind
            and months.provider_code = around.provider_code
            and abs(around.month_number - months.month_number) <= rules.baseline_months
    group by
        months.row_kind, months.provider_code, months.reporting_month, months.mds_version, months.source_table,
        months.row_count, months.month_number

),

-- In standard deviations of counting, so that months of all sizes can stand side by side.
find_deviations as (

    select
        find_baselines.*,
        rules.*,
        find_baselines.month_number > rules.least_months
        and find_baselines.centre_line >= rules.least_rows as has_limits,
        case
            when has_limits
                then abs(find_baselines.row_count - find_baselines.centre_line) / sqrt(find_baselines.centre_line)
        end as deviation
    from find_baselines
    cross join rules

),

find_spreads as (

    select
        *,
        sqrt(2 * ln(greatest(count(deviation) over (), 1) / alarm_chance)) as deviation_count,
        case
            when count(deviation) over (partition by row_kind) >= least_months
                then robust_deviation * median(deviation) over (partition by row_kind)
        end as spread_of_all,
        case
            when count(deviation) over (partition by row_kind, provider_code) >= least_months
                then robust_deviation * median(deviation) over (partition by row_kind, provider_code)
        end as spread_of_provider
    from find_deviations

),

set_limits as (

    select
        *,
        greatest(
            deviation_count
            * greatest(coalesce(spread_of_all, 1), coalesce(spread_of_provider, 1), 1)
            * sqrt(centre_line),
            least_share * centre_line
        ) as half_width
    from find_spreads

),

compare_months as (

    select
        row_kind,
        mds_version,
        source_table,
        provider_code,
        reporting_month,
        row_count,
        baseline_month_count,
        centre_line,
        case when has_limits then greatest(centre_line - half_width, 0) end as lower_limit,
        case when has_limits then centre_line + half_width end as upper_limit,
        has_limits and abs(row_count - centre_line) > half_width as is_outside_limits
    from set_limits

)

select * from compare_months
