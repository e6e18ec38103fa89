{#
    Question: do people who had an interpreter recover as often as those who had none?
    One row per interpreter status, England, the latest complete year, all ethnic groups together: recovery with
    interval (percent). The language of treatment and the interpreter are known of people who came to a contact.
    On the demo set they do: 53 of 103 (51.5%) with a professional interpreter, 48.9% where none was needed. With a
    family member or friend in the place of one it is 10 of 32 (31.3%, interval 18.0 to 48.6), at the edge of chance.
#}
with crossed_rates as (

    select * from {{ ref('rates_by_characteristic') }}
    where
        measure = 'recovery'
        and characteristic = 'interpreter_status'
        and area_level = 'national'
        and ethnic_classification = 'total'
        and is_complete

),

latest_year as (

    select max(financial_year) as financial_year
    from crossed_rates

),

read_rates as (

    select
        crossed_rates.characteristic_value as interpreter,
        crossed_rates.numerator_count || ' of ' || crossed_rates.denominator_count as recovered,
        round(100 * crossed_rates.rate, 1) as percentage,
        round(100 * crossed_rates.rate_low, 1) || ' to ' || round(100 * crossed_rates.rate_high, 1)
            as percentage_interval,
        crossed_rates.financial_year
    from crossed_rates
    inner join latest_year
        on crossed_rates.financial_year = latest_year.financial_year

)

select * from read_rates
order by percentage desc, interpreter asc
