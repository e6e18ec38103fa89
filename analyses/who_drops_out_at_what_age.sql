{#
    Question: is dropout a matter of age, and does the gap between ethnic groups stay at every age?
    One row per age band, England, the latest complete year: dropout of White British people and of people from
    minoritised ethnic groups, and the difference with interval (points).
    On the demo set it is a matter of age: 30.8% of White British people from 18 to 25 drop out and 16.5% from 65; the
    gap is 0.5 points at 26 to 64 (interval -2.2 to 3.3), and none is beyond chance.
#}
with crossed_rates as (

    select * from {{ ref('rates_by_characteristic') }}
    where
        measure = 'dropout'
        and characteristic = 'age_band'
        and area_level = 'national'
        and ethnic_group in ('White British', '{{ var("minoritised_ethnic_groups") }}')
        and ethnic_classification = 'minoritised'
        and is_complete

),

latest_year as (

    select max(financial_year) as financial_year
    from crossed_rates

),

keep_latest_year as (

    select
        crossed_rates.*,
        crossed_rates.ethnic_group = 'White British' as is_white_british
    from crossed_rates
    inner join latest_year
        on crossed_rates.financial_year = latest_year.financial_year

),

put_groups_side_by_side as (

    select
        characteristic_value as age_band,
        round(100 * max(rate) filter (where is_white_british), 1) as white_british_percentage,
        round(100 * max(rate) filter (where not is_white_british), 1) as minoritised_percentage,
        round(100 * max(difference_to_white_british) filter (where not is_white_british), 1) as gap_points,
        round(100 * max(difference_low), 1) || ' to ' || round(100 * max(difference_high), 1) as gap_interval
    from keep_latest_year
    group by characteristic_value

)

select * from put_groups_side_by_side
order by age_band
