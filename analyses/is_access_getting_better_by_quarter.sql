{#
    Question: is the gap in access of people from minoritised ethnic groups getting better, quarter by quarter?
    One row per quarter, England: access, its gap to White British people with interval (points), and the mean gap of
    this quarter and the three before it, in which seasons and chance weigh less.
    On the demo set there is nothing to get better: the mean gap of four quarters stays between -1.2 and 0.8 points.
    Of 15 single quarters 2 differ by more than chance, one each way: with so many looked at, one would by chance
    alone.
#}
with quarterly_rates as (

    select * from {{ ref('rates_by_month') }}
    where
        measure = 'access'
        and period_kind = 'quarter'
        and area_level = 'national'
        and ethnic_group = '{{ var("minoritised_ethnic_groups") }}'
        and denominator_count > 0

),

smooth_gaps as (

    select
        financial_year || ' ' || period as financial_quarter,
        denominator_count as referral_count,
        round(100 * rate, 1) as percentage,
        round(100 * difference_to_white_british, 1) as gap_points,
        round(100 * difference_low, 1) || ' to ' || round(100 * difference_high, 1) as gap_interval,
        case
            when count(*) over last_year = 4 then round(100 * avg(difference_to_white_british) over last_year, 1)
        end as gap_of_four_quarters
    from quarterly_rates
    window last_year as (order by financial_year, period rows between 3 preceding and current row)

)

select * from smooth_gaps
order by financial_quarter
