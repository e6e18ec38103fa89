{#
    Question: is the gap in access the same for men and for women?
    One row per high-level group, England, the latest complete year: the gap to White British people of the same
    gender, for men and for women, each with interval (points).
    On the demo set the gap of people from minoritised ethnic groups is -1.1 (-3.7 to 1.3) among men and -0.4 (-2.3 to
    1.4) among women: no difference beyond chance, in either.
#}
with crossed_rates as (

    select * from {{ ref('rates_by_characteristic') }}
    where
        measure = 'access'
        and characteristic = 'gender'
        and characteristic_value in ('male', 'female')
        and area_level = 'national'
        and (
            ethnic_classification = 'high_level_ethnic_group'
            or ethnic_group = '{{ var("minoritised_ethnic_groups") }}'
        )
        and is_complete

),

latest_year as (

    select max(financial_year) as financial_year
    from crossed_rates

),

write_gaps as (

    select
        crossed_rates.ethnic_group,
        crossed_rates.characteristic_value as gender,
        round(100 * crossed_rates.difference_to_white_british, 1)
        || coalesce(
            ' (' || round(100 * crossed_rates.difference_low, 1) || ' to '
            || round(100 * crossed_rates.difference_high, 1) || ')',
            ''
        ) as gap
    from crossed_rates
    inner join latest_year
        on crossed_rates.financial_year = latest_year.financial_year

),

put_genders_side_by_side as (

    select
        ethnic_group,
        max(gap) filter (where gender = 'male') as gap_of_men,
        max(gap) filter (where gender = 'female') as gap_of_women
    from write_gaps
    group by ethnic_group

)

select * from put_genders_side_by_side
order by ethnic_group
