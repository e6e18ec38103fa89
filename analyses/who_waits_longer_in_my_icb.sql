{#
    Question: which groups wait longer for a first treatment in my integrated care board, and is it more than chance?
    One row per high-level group, the latest complete year: the median wait, its difference to White British people
    with interval (days), and what can be said. Change the board below.
    On the demo set, board QZ8, nobody by more than chance: the median of Black or Black British people is 37.0 days,
    7.0 longer than that of White British people (interval -1.1 to 13.1), of 68 people.
#}
{% set my_icb = 'QZ8' %}
with waits as (

    select * from {{ ref('waits') }}

),

keep_my_icb as (

    select *
    from waits
    where
        area_level = 'icb'
        and area_code = '{{ my_icb }}'
        and (
            ethnic_classification = 'high_level_ethnic_group'
            or ethnic_group = '{{ var("minoritised_ethnic_groups") }}'
        )
        and wait = 'referral_to_first_treatment'
        and is_complete

),

latest_year as (

    select max(financial_year) as financial_year
    from keep_my_icb

),

read_differences as (

    select
        keep_my_icb.ethnic_group,
        keep_my_icb.ended_wait_count as people_treated,
        keep_my_icb.median_days,
        keep_my_icb.median_days_difference as days_longer,
        round(keep_my_icb.median_days_difference_low, 1) || ' to ' || round(keep_my_icb.median_days_difference_high, 1)
            as days_longer_interval,
        case
            when keep_my_icb.median_days_difference_low > 0 then 'wait longer'
            when keep_my_icb.median_days_difference_high < 0 then 'wait less long'
            when keep_my_icb.median_days_difference_low is not null then 'may be chance'
        end as reading
    from keep_my_icb
    inner join latest_year
        on keep_my_icb.financial_year = latest_year.financial_year

)

select * from read_differences
order by days_longer desc nulls last, ethnic_group asc
