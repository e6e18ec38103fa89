{#
    One row per provider and month from its first to its last: rows of the submission that is used (0 where there is
    none), and the limits that the months around it set.
    Source of the rule: the XmR chart in its form for medians (Wheeler), with the months up to half a year before and
    after as baseline: a month, or several, that stand apart do not widen limits made of medians. Limits are never
    narrower than chance in counting allows (Poisson) nor than a share of the centre; numbers: seed submission_rules.
    A provider's first half-year, in which what is open builds up, sets limits and is not judged by them.
#}
with submissions as (

    select * from {{ ref('int_submissions') }}
    where is_accepted

),

rules as (

    select
        max(case when rule = 'volume_moving_range_factor' then rule_value end) as moving_range_factor,
        max(case when rule = 'volume_counting_sigmas' then rule_value end) as counting_sigmas,
        max(case when rule = 'volume_least_share' then rule_value end) as least_share,
        max(case when rule = 'volume_least_months' then rule_value end) as least_months,
        max(case when rule = 'volume_least_rows' then rule_value end) as least_rows
    from {{ ref('submission_rules') }}

),

list_months as (

    select distinct reporting_month from submissions

),

list_providers as (

    select
        provider_code,
        min(reporting_month) as first_month,
        max(reporting_month) as last_month
    from submissions
    group by provider_code

),

count_rows as (

    select
        list_providers.provider_code,
        list_months.reporting_month,
        max(submissions.mds_version) as mds_version,
        cast(coalesce(sum(submissions.row_count), 0) as bigint) as row_count
    from list_providers
    inner join list_months
        on list_months.reporting_month between list_providers.first_month and list_providers.last_month
    left join submissions
        on
            list_providers.provider_code = submissions.provider_code
            and list_months.reporting_month = submissions.reporting_month
    group by list_providers.provider_code, list_months.reporting_month

),

find_moving_ranges as (

    select
        *,
        row_number() over (partition by provider_code order by reporting_month) as month_number,
        abs(row_count - lag(row_count) over (partition by provider_code order by reporting_month)) as moving_range
    from count_rows

),

find_baselines as (

    select
        months.provider_code,
        months.reporting_month,
        months.mds_version,
        months.row_count,
        months.month_number,
        count(*) as baseline_month_count,
        median(around.row_count) as centre_line,
        median(around.moving_range) as median_moving_range
    from find_moving_ranges as months
    inner join find_moving_ranges as around
        on
            months.provider_code = around.provider_code
            and around.month_number between months.month_number - 6 and months.month_number + 6
    group by months.provider_code, months.reporting_month, months.mds_version, months.row_count, months.month_number

),

set_limits as (

    select
        find_baselines.*,
        find_baselines.month_number > rules.least_months
        and find_baselines.centre_line >= rules.least_rows as has_limits,
        greatest(
            rules.moving_range_factor * find_baselines.median_moving_range,
            rules.counting_sigmas * sqrt(find_baselines.centre_line),
            rules.least_share * find_baselines.centre_line
        ) as half_width
    from find_baselines
    cross join rules

),

compare_months as (

    select
        mds_version,
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
