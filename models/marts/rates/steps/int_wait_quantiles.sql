{#
    One row per group of waits that ended: median and quartiles of their days, and the interval of the median.
    Source of the rule: quantiles between two waits in order are drawn in a straight line (Hyndman and Fan 1996, type 7,
    as numpy and R have it; the median is the middle wait, or the mean of the two in the middle). The interval of the
    median runs from the r-th to the s-th wait in order, r = n/2 - z*sqrt(n)/2 and s = 1 + n/2 + z*sqrt(n)/2, each
    rounded to the nearest whole number (Campbell and Gardner 1988, BMJ 296:1454); with 5 waits or fewer there is none.
#}
with group_days as (

    select * from {{ ref('int_wait_group_days') }}
    where timely_event_count > 0

),

add_up_days as (

    select
        wait_group_key,
        wait_days,
        sum(timely_event_count) over (partition by wait_group_key order by wait_days asc) as reached_count
    from group_days

),

count_waits as (

    select
        wait_group_key,
        cast(sum(timely_event_count) as double) as n
    from group_days
    group by wait_group_key

),

{% set half_width = confidence_z() ~ ' * sqrt(n) / 2.0' %}
find_ranks as (

    select
        wait_group_key,
        n,
        1.0 + (n - 1.0) * 0.25 as lower_quartile_rank,
        1.0 + (n - 1.0) * 0.5 as median_rank,
        1.0 + (n - 1.0) * 0.75 as upper_quartile_rank,
        floor(n / 2.0 - {{ half_width }} + 0.5) as low_rank,
        floor(1.0 + n / 2.0 + {{ half_width }} + 0.5) as high_rank
    from count_waits

),

keep_ranks_there_are as (

    select
        wait_group_key,
        lower_quartile_rank,
        median_rank,
        upper_quartile_rank,
        case when low_rank >= 1.0 and high_rank <= n then low_rank end as low_rank,
        case when low_rank >= 1.0 and high_rank <= n then high_rank end as high_rank
    from find_ranks

),

-- The wait of a rank is the first number of days by which so many waits had ended.
pick_waits as (

    select
        ranks.wait_group_key,
        max(ranks.lower_quartile_rank) as lower_quartile_rank,
        max(ranks.median_rank) as median_rank,
        max(ranks.upper_quartile_rank) as upper_quartile_rank,
        min(add_up_days.wait_days) filter (where add_up_days.reached_count >= floor(ranks.lower_quartile_rank))
            as lower_quartile_floor,
        min(add_up_days.wait_days) filter (where add_up_days.reached_count >= ceil(ranks.lower_quartile_rank))
            as lower_quartile_ceil,
        min(add_up_days.wait_days) filter (where add_up_days.reached_count >= floor(ranks.median_rank)) as median_floor,
        min(add_up_days.wait_days) filter (where add_up_days.reached_count >= ceil(ranks.median_rank)) as median_ceil,
        min(add_up_days.wait_days) filter (where add_up_days.reached_count >= floor(ranks.upper_quartile_rank))
            as upper_quartile_floor,
        min(add_up_days.wait_days) filter (where add_up_days.reached_count >= ceil(ranks.upper_quartile_rank))
            as upper_quartile_ceil,
        min(add_up_days.wait_days) filter (where add_up_days.reached_count >= ranks.low_rank) as median_low,
        min(add_up_days.wait_days) filter (where add_up_days.reached_count >= ranks.high_rank) as median_high
    from keep_ranks_there_are as ranks
    inner join add_up_days
        on ranks.wait_group_key = add_up_days.wait_group_key
    group by ranks.wait_group_key

),

draw_between as (

    select
        wait_group_key,
        {% for name in ['lower_quartile', 'median', 'upper_quartile'] -%}
        cast(
            {{ name }}_floor
            + ({{ name }}_rank - floor({{ name }}_rank)) * ({{ name }}_ceil - {{ name }}_floor) as double
        ) as {{ name }}_days,
        {% endfor -%}
        cast(median_low as double) as median_days_low,
        cast(median_high as double) as median_days_high
    from pick_waits

)

select * from draw_between
