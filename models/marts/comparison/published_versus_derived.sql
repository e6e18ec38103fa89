{#
One row per financial year of the raw data, organisation, ethnic group and measure: how many events the raw data hold and
how many the NHS annual statistics give, the difference, and its likely reason.
Source of the rule: the seed comparison_reasons, whose first reason that applies is given.
#}
with sides as (

    select * from {{ ref('int_comparison_sides') }}

),

percentages as (

    select * from {{ ref('int_derived_percentages') }}

),

limits as (

    select
        max(parameter_value) filter (where parameter = 'agreement_share') as agreement_share,
        max(parameter_value) filter (where parameter = 'rounding_difference') as rounding_difference,
        max(parameter_value) filter (where parameter = 'months_in_a_year') as months_in_a_year
    from {{ ref('published_parameters') }}

),

measure_differences as (

    select
        sides.*,
        percentages.denominator_count as derived_denominator_count,
        percentages.percentage as derived_percentage,
        sides.derived_count - sides.published_count as difference_count,
        case
            when sides.published_count > 0
                then cast(sides.derived_count - sides.published_count as double) / cast(sides.published_count as double)
        end as difference_share,
        percentages.percentage - sides.published_percentage as difference_points
    from sides
    left join percentages
        on {{ published_keys_match(
            'sides', 'percentages', ['financial_year', 'organisation_level', 'organisation_code', 'group_id', 'measure']
        ) }}

),

totals as (

    select * from measure_differences
    where ethnic_classification = 'total'

),

finished_courses as (

    select * from measure_differences
    where measure = 'finished_course'

),

find_reasons as (

    select
        these.financial_year,
        these.organisation_level,
        these.organisation_code,
        these.organisation_name,
        these.ethnic_classification,
        these.ethnic_group,
        these.measure,
        these.derived_count,
        these.published_count,
        these.published_status,
        these.difference_count,
        these.difference_share,
        these.derived_denominator_count,
        these.derived_percentage,
        these.published_denominator_count,
        these.published_percentage,
        these.difference_points,
        these.submitted_month_count,
        case
            when these.published_count is null then 'not_published'
            when these.derived_count is null then 'not_in_raw_data'
            when these.difference_count = 0 then 'same'
            when these.is_count_rounded and abs(these.difference_count) <= limits.rounding_difference then 'rounding'
            when these.submitted_month_count < limits.months_in_a_year then 'year_in_part'
            when these.ethnic_classification <> 'total' and abs(totals.difference_share) <= limits.agreement_share
                then 'ethnic_group_recording'
            when these.is_of_finished_course and abs(finished_courses.difference_share) <= limits.agreement_share
                then 'outcome_definition'
            else 'other_submissions'
        end as reason
    from measure_differences as these
    cross join limits
    left join totals
        on {{ published_keys_match(
            'these', 'totals', ['financial_year', 'organisation_level', 'organisation_code', 'measure']
        ) }}
    left join finished_courses
        on {{ published_keys_match(
            'these', 'finished_courses', ['financial_year', 'organisation_level', 'organisation_code', 'group_id']
        ) }}

),

explain_reasons as (

    select
        find_reasons.*,
        reasons.meaning as reason_meaning
    from find_reasons
    inner join {{ ref('comparison_reasons') }} as reasons
        on find_reasons.reason = reasons.reason

)

select * from explain_reasons
