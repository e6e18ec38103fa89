{#
    Question: do people of some ethnic groups recover less often than White British people in my integrated care
    board, and is it more than chance?
    One row per high-level group, all complete years together, largest gap first: recovery, its gap with interval
    (points), and what can be said. Change the board below.
    On the demo set, board QZ8: Black or Black British people recover less often, 31 of 81 (38.3%), -12.9 points
    (interval -22.9 to -1.9); with the groups together the gap is -4.1 points (interval -9.2 to 1.1) and may be
    chance.
#}
{% set my_icb = 'QZ8' %}
with pooled_rates as (

    select * from {{ ref('pooled_rates') }}

),

keep_my_icb as (

    select *
    from pooled_rates
    where
        area_level = 'icb'
        and area_code = '{{ my_icb }}'
        and (
            ethnic_classification = 'high_level_ethnic_group'
            or ethnic_group = '{{ var("minoritised_ethnic_groups") }}'
        )
        and measure = 'recovery'

),

read_gaps as (

    select
        ethnic_group,
        numerator_count || ' of ' || denominator_count as recovered,
        round(100 * rate, 1) as percentage,
        round(100 * difference_to_white_british, 1) as gap_points,
        round(100 * difference_low, 1) || ' to ' || round(100 * difference_high, 1) as gap_interval,
        case
            when difference_high < 0 then 'recover less often'
            when difference_low > 0 then 'recover more often'
            when difference_low is not null then 'may be chance'
        end as reading
    from keep_my_icb

)

select * from read_gaps
order by gap_points, ethnic_group
