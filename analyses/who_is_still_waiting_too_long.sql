{#
    Question: of the people who wait for a first treatment today, who has waited for more than 18 weeks?
    One row per high-level group, England, the last month of which the data know who waits: how many wait, the share
    beyond 18 weeks, and the difference to White British people with interval (points).
    On the demo set, at the end of 2019-03: 299 of 2169 White people (13.8%), and fewer Asian or Asian British people,
    -5.5 points (interval -9.0 to -0.5).
#}
with waiting as (

    select * from {{ ref('waiting_at_month_end') }}
    where
        measure = 'waiting_for_treatment_over_18_weeks'
        and area_level = 'national'
        and (
            ethnic_classification = 'high_level_ethnic_group'
            or ethnic_group = '{{ var("minoritised_ethnic_groups") }}'
        )

),

latest_month as (

    select max(waiting_month) as waiting_month
    from waiting

),

read_shares as (

    select
        waiting.ethnic_group,
        waiting.waiting_month,
        waiting.long_waiting_count || ' of ' || waiting.waiting_count as waiting_too_long,
        round(100 * waiting.long_waiting_share, 1) as percentage,
        round(100 * waiting.difference_to_white_british, 1) as gap_points,
        round(100 * waiting.difference_low, 1) || ' to ' || round(100 * waiting.difference_high, 1) as gap_interval
    from waiting
    inner join latest_month
        on waiting.waiting_month = latest_month.waiting_month

)

select * from read_shares
order by gap_points desc, ethnic_group asc
