{#
    One row per figure or answer printed in Tables 1, 2 and 7 to 11 of the report, and in the text beside them.
    Source of the rule: the report as the seeds have it. A percentage of people asked can only be a whole number of them:
    where none rounds to what is printed, the row says so.
#}
with workforce as (

    select * from {{ ref('report_workforce') }}

),

focus_groups as (

    select * from {{ ref('report_focus_groups') }}

),

survey_regions as (

    select * from {{ ref('report_survey_regions') }}

),

survey_answers as (

    select * from {{ ref('report_survey_answers') }}

),

unite_tables as (

    select
        printed_in,
        population as respondents,
        category as item,
        characteristic as answer,
        cast(printed_percentage as double) as figure,
        'percent' as unit,
        cast(null as bigint) as asked_count,
        page_first,
        page_last,
        source
    from workforce
    union all
    {% for respondents, flag in [
        ('People using the service', 'is_important_to_service_users'), ('Therapists', 'is_important_to_therapists')
    ] %}
    select
        'Table 7' as printed_in,
        '{{ respondents }}' as respondents,
        priority as item,
        'important' as answer,
        cast(case when {{ flag }} then 1 else 0 end as double) as figure,
        '1 yes, 0 no' as unit,
        cast(null as bigint) as asked_count,
        page_first,
        page_last,
        source
    from focus_groups
    union all
    {% endfor %}
    select
        printed_in,
        respondents,
        region as item,
        'responded' as answer,
        cast(respondent_count as double) as figure,
        'people' as unit,
        cast(null as bigint) as asked_count,
        page_first,
        page_last,
        source
    from survey_regions
    union all
    select
        printed_in,
        respondents,
        statement as item,
        answer,
        cast(printed_percentage as double) as figure,
        'percent' as unit,
        cast(asked_count as bigint) as asked_count,
        page_first,
        page_last,
        source
    from survey_answers

),

count_people as (

    select
        *,
        cast(round(figure * asked_count / 100) as bigint) as nearest_count
    from unite_tables

),

check_percentages as (

    select
        *,
        -- Printed in whole per cent: half of one either way.
        abs(100.0 * nearest_count / asked_count - figure) <= 0.5 as is_count_possible
    from count_people

)

select * from check_percentages
