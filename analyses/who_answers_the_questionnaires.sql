{#
    Question: whom do the patient experience questionnaires speak for?
    One row per ethnic group, England, all complete years together: the share of finished courses with an answered
    questionnaire, and its gap to White British people with interval (points). Where fewer answer, what is answered
    says less about the group.
    On the demo set for White British people more than for others: 16.7% of their courses have an answer, 11.9% of
    Pakistani people's (-4.8 points, interval -7.7 to -1.1).
#}
with experience_rates as (

    select * from {{ ref('experience_rates') }}

),

keep_england as (

    select *
    from experience_rates
    where
        area_level = 'national'
        and ethnic_classification = 'ethnic_group'
        and measure = 'treatment_questionnaire'
        and is_pooled

),

read_shares as (

    select
        ethnic_group,
        numerator_count || ' of ' || denominator_count as answered,
        round(100 * rate, 1) as percentage,
        round(100 * difference_to_white_british, 1) as gap_points,
        round(100 * difference_low, 1) || ' to ' || round(100 * difference_high, 1) as gap_interval
    from keep_england

)

select * from read_shares
order by percentage, ethnic_group
