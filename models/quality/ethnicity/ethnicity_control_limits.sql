{# One row per provider, reporting month and measure: the change since the month before, and the three-sigma limits of
   its XmR chart, from the months before. Source of the rule: Shewhart's chart of individual values and moving ranges,
   drawn for changes: the same people are sent month after month, so that shares drift and records are no independent
   draws, for which a p chart's limits are made; changes from month to month are near enough. A month is judged by
   earlier ones alone, so that no verdict changes when a later one arrives, and once there are enough of them (seed
   ethnicity_quality_settings). #}
with shares as (

    select * from {{ ref('int_ethnicity_recording_shares') }}

),

changes as (

    select * from {{ ref('int_ethnicity_recording_changes') }}

),

list_measures as (

    select
        shares.provider_code,
        shares.reporting_month,
        shares.record_count,
        unnest(['completeness', 'validity', 'useful_code_share']) as measure,
        unnest([shares.completeness, shares.validity, shares.useful_code_share]) as observed_share,
        unnest([changes.completeness_change, changes.validity_change, changes.useful_code_share_change]) as share_change
    from shares
    inner join changes
        on
            shares.provider_code = changes.provider_code
            and shares.reporting_month = changes.reporting_month

),

find_moving_ranges as (

    select
        *,
        abs(share_change - lag(share_change) over earlier_months) as moving_range
    from list_measures
    window earlier_months as (partition by provider_code, measure order by reporting_month)

),

describe_baseline as (

    select
        measured.provider_code,
        measured.reporting_month,
        measured.measure,
        measured.record_count,
        measured.observed_share,
        measured.share_change,
        count(earlier.moving_range) as baseline_month_count,
        -- Decimals add up to the same in any order, to the last digit.
        cast(avg(cast(earlier.share_change as decimal(38, 18))) as double) as mean_change,
        cast(avg(cast(earlier.moving_range as decimal(38, 18))) as double) as mean_moving_range
    from find_moving_ranges as measured
    left join find_moving_ranges as earlier
        on
            measured.provider_code = earlier.provider_code
            and measured.measure = earlier.measure
            and measured.reporting_month > earlier.reporting_month
            and datediff('month', earlier.reporting_month, measured.reporting_month)
            <= {{ ethnicity_quality_setting('baseline_months') }}
    group by all

),

draw_limits as (

    select
        *,
        baseline_month_count >= {{ ethnicity_quality_setting('least_baseline_months') }} as has_limits,
        greatest(
            {{ ethnicity_quality_setting('limit_multiplier') }} * mean_moving_range,
            {{ ethnicity_quality_setting('least_record_change') }} / record_count
        ) as distance
    from describe_baseline

),

judge_months as (

    select
        provider_code,
        reporting_month,
        measure,
        observed_share,
        share_change,
        baseline_month_count,
        if(has_limits, mean_change, null) as centre_line,
        if(has_limits, mean_change - distance, null) as lower_limit,
        if(has_limits, mean_change + distance, null) as upper_limit,
        if(has_limits, share_change not between mean_change - distance and mean_change + distance, null)
            as is_outside_limits
    from draw_limits

)

select * from judge_months
