{#
    Question: is the difference in waits for a first treatment between people from minoritised ethnic groups and White
    British people in my integrated care board getting smaller?
    One row per year: the medians, their difference with interval (days), and how far it moved since the year before,
    with interval. Change the board below.
    On the demo set, board QZ8, there is none to close: -2.0 days in 2015-16, 0.0 in 2017-18 (interval -2.2 to 6.1),
    and no year moved by more than chance.
#}
{% set my_icb = 'QZ8' %}
with waits as (

    select * from {{ ref('waits') }}
    where
        area_level = 'icb'
        and area_code = '{{ my_icb }}'
        and ethnic_group = '{{ var("minoritised_ethnic_groups") }}'
        and wait = 'referral_to_first_treatment'

),

-- Years are of different referrals, so that their differences are independent of one another.
compare_with_year_before as (

    select
        *,
        lag(median_days_difference) over (order by financial_year) as last_difference,
        lag(median_days_difference_low) over (order by financial_year) as last_difference_low,
        lag(median_days_difference_high) over (order by financial_year) as last_difference_high
    from waits

),

measure_moves as (

    select
        financial_year,
        is_complete,
        median_days,
        median_days_difference as days_longer,
        round(median_days_difference_low, 1) || ' to ' || round(median_days_difference_high, 1)
            as days_longer_interval,
        median_days_difference - last_difference as moved_by_days,
        round({{ joined_interval_low(
            'median_days_difference', 'median_days_difference_low', 'last_difference', 'last_difference_high'
        ) }}, 1) as moved_by_low,
        round({{ joined_interval_high(
            'median_days_difference', 'median_days_difference_high', 'last_difference', 'last_difference_low'
        ) }}, 1) as moved_by_high
    from compare_with_year_before

)

select * from measure_moves
order by financial_year
