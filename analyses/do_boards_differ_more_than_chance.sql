{#
    Question: do integrated care boards differ in their recovery gap by more than chance, so that some could learn
    from others?
    One row: the gap of all boards together, weighted by how sure each is, Cochran's Q with its degrees of freedom,
    and the share of the variation that chance does not explain (I squared; Higgins and Thompson 2002, Statistics in
    Medicine 21:1539). Q near its degrees of freedom is what chance alone would give.
    On the demo set: hardly. The gap of all 12 boards together is -5.5 points; Q is 16.5 on 11 degrees of freedom, so
    that chance leaves 33.0% of the variation unexplained, and a Q as large comes by chance in one of eight sets.
#}
with pooled_rates as (

    select * from {{ ref('pooled_rates') }}

),

weigh_boards as (

    select
        difference_to_white_british as gap,
        1 / power((difference_high - difference_low) / (2 * {{ confidence_z() }}), 2) as weight
    from pooled_rates
    where
        area_level = 'icb'
        and ethnic_group = '{{ var("minoritised_ethnic_groups") }}'
        and measure = 'recovery'
        and difference_low < difference_high

),

find_common_gap as (

    select
        *,
        sum(weight * gap) over () / sum(weight) over () as common_gap
    from weigh_boards

),

measure_variation as (

    select
        count(*) as board_count,
        round(100 * max(common_gap), 1) as common_gap_points,
        sum(weight * power(gap - common_gap, 2)) as cochran_q,
        count(*) - 1 as degrees_of_freedom
    from find_common_gap

),

compare_with_chance as (

    select
        board_count,
        common_gap_points,
        round(cochran_q, 1) as cochran_q,
        degrees_of_freedom,
        round(100 * greatest(0, (cochran_q - degrees_of_freedom) / nullif(cochran_q, 0)), 0) as beyond_chance_percentage
    from measure_variation

)

select * from compare_with_chance
