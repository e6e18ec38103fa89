{#
One row per financial year, ethnic group other than White British, and outcome, England: the gap to White British in
percentage points, and how it has moved since the year before and since the first year of the group and outcome.
Source of the rule: report, section 3.6.1, which follows the gap from 2015-16 to 2021-22.
#}
with outcomes as (

    select * from {{ ref('published_outcomes') }}
    where organisation_level = 'national' and not is_reference_group and ethnic_classification <> 'total'

),

measure_gaps as (

    select
        financial_year,
        ethnic_classification,
        ethnic_category_code,
        ethnic_group,
        high_level_ethnic_group,
        outcome,
        rate_status,
        100 * rate as rate_percentage,
        100 * white_british_rate as white_british_percentage,
        100 * difference_to_white_british as gap_points,
        100 * difference_low as gap_low_points,
        100 * difference_high as gap_high_points,
        ratio_to_white_british,
        ratio_low,
        ratio_high,
        cast(left(financial_year, 4) as integer) as start_year
    from outcomes

),

follow_gaps as (

    select
        * exclude (start_year),
        -- The year before by the calendar, not the last one in the input.
        gap_points - sum(gap_points) over (
            partition by ethnic_group, outcome
            order by start_year
            range between 1 preceding and 1 preceding
        ) as change_on_previous_year_points,
        gap_points - first_value(gap_points ignore nulls) over (
            partition by ethnic_group, outcome
            order by start_year
        ) as change_since_first_year_points
    from measure_gaps

)

select * from follow_gaps
