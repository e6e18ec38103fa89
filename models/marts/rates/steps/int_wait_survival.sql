{#
    One row per group of waits with an event: the median wait with open waits counted as such, and its interval.
    Source of the rule: product-limit estimate (Kaplan and Meier 1958, JASA 53:457), the median the first day on which
    half or fewer still wait; variance by Greenwood; interval by Brookmeyer and Crowley (1982, Biometrics 38:29) on the
    scale log(-log S): the days whose share still waiting is not told apart from a half, up to the next day with an event.
    Whoever left without the event is taken to have waited on as the others did. A median is null where more than half
    still wait, its upper end where no later day is known.
#}
with group_days as (

    select * from {{ ref('int_wait_group_days') }}

),

add_up_days as (

    select
        wait_group_key,
        wait_days,
        event_count,
        event_count + censored_count as day_count,
        sum(event_count + censored_count) over (partition by wait_group_key order by wait_days asc) as reached_count
    from group_days

),

count_waits as (

    select
        wait_group_key,
        sum(event_count + censored_count) as wait_count
    from group_days
    group by wait_group_key

),

count_at_risk as (

    select
        add_up_days.wait_group_key,
        add_up_days.wait_days,
        cast(add_up_days.event_count as double) as event_count,
        cast(count_waits.wait_count - add_up_days.reached_count + add_up_days.day_count as double) as at_risk_count
    from add_up_days
    inner join count_waits
        on add_up_days.wait_group_key = count_waits.wait_group_key
    where add_up_days.event_count > 0

),

-- Nobody is left after a day on which all who were at risk had the event: no logarithm and no variance of that.
multiply_days as (

    select
        wait_group_key,
        wait_days,
        event_count = at_risk_count as is_nobody_left,
        sum(case when event_count < at_risk_count then ln(1.0 - event_count / at_risk_count) else 0.0 end)
            over (partition by wait_group_key order by wait_days asc) as log_survival,
        sum(
            case
                when event_count < at_risk_count then event_count / (at_risk_count * (at_risk_count - event_count))
                else 0.0
            end
        ) over (partition by wait_group_key order by wait_days asc) as greenwood_sum,
        lead(wait_days) over (partition by wait_group_key order by wait_days asc) as next_wait_days
    from count_at_risk

),

-- Rounding must not move the day on which exactly half still wait.
compare_with_half as (

    select
        wait_group_key,
        wait_days,
        next_wait_days,
        is_nobody_left or log_survival <= ln(0.5) + 1e-9 as is_half_or_less,
        not is_nobody_left
        and abs(ln(-log_survival) - ln(-ln(0.5))) * -log_survival <= {{ confidence_z() }} * sqrt(greenwood_sum)
            as is_like_half
    from multiply_days

),

find_medians as (

    select
        wait_group_key,
        cast(min(wait_days) filter (where is_half_or_less) as integer) as survival_median_days,
        cast(min(wait_days) filter (where is_like_half) as integer) as survival_median_days_low,
        cast(
            nullif(max(coalesce(next_wait_days, 2147483647)) filter (where is_like_half), 2147483647) as integer
        ) as survival_median_days_high
    from compare_with_half
    group by wait_group_key

)

select * from find_medians
