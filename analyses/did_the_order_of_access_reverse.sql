{#
    Question: report section 3.4.1 says that White people were the least likely to access treatment in 2015-16 and the
    most likely by 2021-22. Did the order of the five high-level groups reverse?
    One row per high-level group, England: its rate and place (1 is the highest) in the first and the last year held
    that is complete, the distance to White people in each with interval (points), and how it moved.
    On the demo set it did not. In 2015-16 White people stand near the top already (2: 76.6%), behind Asian or Asian
    British (1: 76.9%) and above Mixed people (5: 72.7%), as in the report's own Table 4; at the end they are ahead of
    all (1: 75.0%). What the report says of 2015-16 and what its Table 4 says do not agree. Whether the gaps of the
    sixteen groups changed by more than chance is tested jointly in regression.gap_change_tests.
#}
{%- set counts = [
    'rates.numerator_count', 'rates.denominator_count', 'white.numerator_count', 'white.denominator_count'
] %}
with access_rates as (

    select * from {{ ref('access_rates') }}
    where
        measure = 'access'
        and area_level = 'national'
        and ethnic_classification = 'high_level_ethnic_group'
        and ethnic_group <> '{{ var("unknown_ethnic_group") }}'
        and denominator_count > 0

),

find_years as (

    select
        coalesce(min(financial_year) filter (where is_complete), min(financial_year)) as first_year,
        coalesce(max(financial_year) filter (where is_complete), max(financial_year)) as last_year
    from access_rates

),

compare_with_white as (

    select
        rates.ethnic_group,
        rates.financial_year,
        rates.rate,
        {{ risk_difference(*counts) }} as difference,
        {{ risk_difference_low(*counts) }} as difference_low,
        {{ risk_difference_high(*counts) }} as difference_high,
        rank() over (partition by rates.financial_year order by rates.rate desc) as place
    from access_rates as rates
    left join access_rates as white
        on rates.financial_year = white.financial_year and white.ethnic_group = 'White'

),

-- As text: what dbt shows of a table is six columns wide.
write_percentages as (

    select
        ethnic_group,
        financial_year,
        difference,
        place || ': ' || round(100 * rate, 1) || '%' as place_and_rate,
        case
            when ethnic_group <> 'White'
                then
                    round(100 * difference, 1) || ' (' || round(100 * difference_low, 1) || ' to '
                    || round(100 * difference_high, 1) || ')'
        end as distance_to_white
    from compare_with_white

),

line_up_years as (

    select
        first_rates.ethnic_group,
        first_rates.place_and_rate as first_year_place,
        first_rates.distance_to_white as first_year_distance,
        last_rates.place_and_rate as last_year_place,
        last_rates.distance_to_white as last_year_distance,
        round(100 * (last_rates.difference - first_rates.difference), 1) as moved_by_points
    from find_years
    inner join write_percentages as first_rates
        on find_years.first_year = first_rates.financial_year
    inner join write_percentages as last_rates
        on
            find_years.last_year = last_rates.financial_year
            and first_rates.ethnic_group = last_rates.ethnic_group

)

select * from line_up_years
order by ethnic_group
