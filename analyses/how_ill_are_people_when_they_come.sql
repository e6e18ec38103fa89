{#
    Question: how severe is depression at the first score, by ethnic group: do some people come later than others?
    One row per ethnic group, England, all complete years together, of people who accessed the service: mean PHQ-9 (0
    to 27), its difference to White British people with interval, and the difference in standard deviations.
    On the demo set some do: Pakistani people's mean is 16.6, 1.68 above White British people's (interval 1.26 to
    2.1), 0.29 standard deviations; Chinese people's is 1.62 lower.
#}
with presentation as (

    select * from {{ ref('presentation') }}

),

keep_england as (

    select *
    from presentation
    where
        area_level = 'national'
        and ethnic_classification = 'ethnic_group'
        and sample = 'accessed'
        and characteristic = 'phq9_first'
        and period_kind = 'complete_years'

),

read_means as (

    select
        ethnic_group,
        known_count,
        round(figure, 1) as mean_score,
        round(difference_to_white_british, 2) as difference,
        round(difference_low, 2) || ' to ' || round(difference_high, 2) as difference_interval,
        round(standardised_difference, 2) as in_standard_deviations
    from keep_england

)

select * from read_means
order by difference desc, ethnic_group asc
