{#
One row per financial year, area, ethnic classification, ethnic group and indicator: the figure and its gap, and by how
much both have changed since the year before.
Source of the rule: only usable figures are compared, of two years in a row. The interval of a change joins those of both
years (joined_interval), as if nobody were in both.
#}
with figures as (

    select * from {{ ref('int_equity_figures') }}

),

usable_figures as (

    select
        *,
        cast(left(financial_year, 4) as integer) as first_year
    from figures
    where reliability = 'usable'

),

compare_years as (

    select
        this_year.financial_year,
        this_year.area_level,
        this_year.area_code,
        this_year.ethnic_classification,
        this_year.ethnic_group,
        this_year.indicator,
        last_year.rate as figure_last_year,
        last_year.difference_to_white_british as difference_last_year,
        this_year.rate - last_year.rate as change,
        {{ joined_interval_low('this_year.rate', 'this_year.rate_low', 'last_year.rate', 'last_year.rate_high') }}
            as change_low,
        {{ joined_interval_high('this_year.rate', 'this_year.rate_high', 'last_year.rate', 'last_year.rate_low') }}
            as change_high,
        this_year.difference_to_white_british - last_year.difference_to_white_british as gap_change,
        {{ joined_interval_low(
            'this_year.difference_to_white_british', 'this_year.difference_low',
            'last_year.difference_to_white_british', 'last_year.difference_high'
        ) }} as gap_change_low,
        {{ joined_interval_high(
            'this_year.difference_to_white_british', 'this_year.difference_high',
            'last_year.difference_to_white_british', 'last_year.difference_low'
        ) }} as gap_change_high
    from usable_figures as this_year
    inner join usable_figures as last_year
        on
            this_year.first_year = last_year.first_year + 1
            and this_year.area_level = last_year.area_level
            and this_year.area_code = last_year.area_code
            and this_year.ethnic_classification = last_year.ethnic_classification
            and this_year.ethnic_group = last_year.ethnic_group
            and this_year.indicator = last_year.indicator

)

select * from compare_years
