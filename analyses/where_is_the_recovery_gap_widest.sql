{#
    Question: in which integrated care boards is the recovery gap of people from minoritised ethnic groups widest, and
    where is it more than chance?
    One row per board, all complete years together, widest gap first. The order of boards whose intervals overlap says
    nothing: do_boards_differ_more_than_chance asks whether any differ.
    On the demo set in QZ9, with -11.3 points (interval -16.2 to -6.3); in 5 of 12 boards the gap is beyond chance.
#}
with pooled_rates as (

    select * from {{ ref('pooled_rates') }}

),

keep_boards as (

    select *
    from pooled_rates
    where
        area_level = 'icb'
        and ethnic_group = '{{ var("minoritised_ethnic_groups") }}'
        and measure = 'recovery'

),

read_gaps as (

    select
        area_code,
        area_name,
        denominator_count as course_count,
        round(100 * difference_to_white_british, 1) as gap_points,
        round(100 * difference_low, 1) || ' to ' || round(100 * difference_high, 1) as gap_interval,
        difference_high < 0 or difference_low > 0 as is_beyond_chance
    from keep_boards

)

select * from read_gaps
order by gap_points, area_code
