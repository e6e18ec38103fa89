{#
    Question: whose referrals end without anybody seeing them?
    One row per ethnic group, England, the latest complete year, largest share first: referrals that ended without a
    contact attended, of those that ended, and the difference to White British people with interval (points).
    On the demo set those of whom no ethnicity is known, 1329 of 4345 (30.6%, 16.8 points more), since it is asked
    when people are seen; of the others nobody by more than chance.
#}
with pathway_rates as (

    select * from {{ ref('pathway_rates') }}
    where
        measure = 'ended_unseen'
        and area_level = 'national'
        and ethnic_classification = 'ethnic_group'
        and is_complete

),

latest_year as (

    select max(financial_year) as financial_year
    from pathway_rates

),

read_shares as (

    select
        pathway_rates.ethnic_group,
        pathway_rates.numerator_count || ' of ' || pathway_rates.denominator_count as ended_unseen,
        round(100 * pathway_rates.rate, 1) as percentage,
        round(100 * pathway_rates.difference_to_white_british, 1) as gap_points,
        round(100 * pathway_rates.difference_low, 1) || ' to ' || round(100 * pathway_rates.difference_high, 1)
            as gap_interval,
        pathway_rates.financial_year
    from pathway_rates
    inner join latest_year
        on pathway_rates.financial_year = latest_year.financial_year

)

select * from read_shares
order by percentage desc, ethnic_group asc
