{#
One row per financial year of the raw data, organisation, ethnic group and measure: how many events the raw data hold and
how many the NHS annual statistics give, the difference, and its likely reason.
Source of the rule: the seed comparison_reasons, whose first reason that applies is given. Organisations below England
stand here where the statistics of the year have them.
#}
with derived as (

    select * from {{ ref('int_derived_counts') }}

),

derived_organisations as (

    select distinct
        financial_year,
        organisation_level,
        organisation_code
    from derived

),

published as (

    select
        counts.*,
        organisations.organisation_level,
        organisations.organisation_name,
        organisations.is_count_rounded
    from {{ ref('int_published_counts') }} as counts
    inner join {{ ref('int_published_organisations') }} as organisations
        on {{ published_keys_match(
            'counts', 'organisations', ['financial_year', 'organisation_type', 'organisation_code']
        ) }}

),

groups as (

    select * from {{ ref('int_published_groups') }}
    where breakdown = 'ethnic_group'

),

limits as (

    select
        max(parameter_value) filter (where parameter = 'agreement_share') as agreement_share,
        max(parameter_value) filter (where parameter = 'rounding_difference') as rounding_difference,
        max(parameter_value) filter (where parameter = 'months_in_a_year') as months_in_a_year
    from {{ ref('published_parameters') }}

),

count_months as (

    select
        {{ financial_year('reporting_month') }} as financial_year,
        provider_code,
        count(distinct reporting_month) as month_count
    from {{ ref('int_accepted_submissions') }}
    group by all

),

count_months_of_all as (

    select
        {{ financial_year('reporting_month') }} as financial_year,
        count(distinct reporting_month) as month_count
    from {{ ref('int_accepted_submissions') }}
    group by all

),

list_keys as (

    select
        published.financial_year,
        published.organisation_level,
        published.organisation_code,
        published.group_id,
        published.measure
    from published
    semi join count_months_of_all
        on published.financial_year = count_months_of_all.financial_year
    where published.organisation_level in (select levels.organisation_level from derived as levels)
    union
    select
        derived.financial_year,
        derived.organisation_level,
        derived.organisation_code,
        derived.group_id,
        derived.measure
    from derived
    semi join count_months_of_all
        on derived.financial_year = count_months_of_all.financial_year
    where derived.organisation_level = 'national'
    union
    select
        derived.financial_year,
        derived.organisation_level,
        derived.organisation_code,
        derived.group_id,
        derived.measure
    from derived
    semi join published
        on {{ published_keys_match(
            'derived', 'published', ['financial_year', 'organisation_level', 'organisation_code']
        ) }}

),

-- Recovery and its like among finished courses, as the publication divides them.
divide_derived as (

    select
        numerators.financial_year,
        numerators.organisation_level,
        numerators.organisation_code,
        numerators.group_id,
        numerators.measure,
        -- An outcome that leaves nobody out has no such count.
        denominators.event_count - coalesce(excluded.event_count, 0) as denominator_count,
        100 * {{ rate('numerators.event_count', 'denominators.event_count - coalesce(excluded.event_count, 0)') }}
            as percentage
    from derived as numerators
    inner join {{ ref('published_outcome_definitions') }} as definitions
        on numerators.measure = definitions.outcome
    inner join derived as denominators
        on
            {{ published_keys_match(
                'numerators', 'denominators', ['financial_year', 'organisation_level', 'organisation_code', 'group_id']
            ) }}
            and definitions.denominator_measure = denominators.measure
    left join derived as excluded
        on
            {{ published_keys_match(
                'numerators', 'excluded', ['financial_year', 'organisation_level', 'organisation_code', 'group_id']
            ) }}
            and definitions.excluded_measure = excluded.measure

),

lay_side_by_side as (

    select
        list_keys.*,
        published.organisation_name,
        coalesce(derived.is_of_finished_course, false) as is_of_finished_course,
        coalesce(published.is_count_rounded, list_keys.organisation_level <> 'national') as is_count_rounded,
        -- Nobody of a group is a count, where the raw data have the organisation.
        case when derived_organisations.organisation_code is not null then coalesce(derived.event_count, 0) end
            as derived_count,
        published.count_value as published_count,
        coalesce(published.count_status, 'not_given') as published_status,
        divide_derived.denominator_count as derived_denominator_count,
        divide_derived.percentage as derived_percentage,
        published_rates.denominator_count as published_denominator_count,
        100 * published_rates.rate as published_percentage,
        divide_derived.percentage - 100 * published_rates.rate as difference_points,
        case
            when list_keys.organisation_level = 'provider' then coalesce(count_months.month_count, 0)
            else count_months_of_all.month_count
        end as submitted_month_count
    from list_keys
    inner join count_months_of_all
        on list_keys.financial_year = count_months_of_all.financial_year
    left join derived_organisations
        on {{ published_keys_match(
            'list_keys', 'derived_organisations', ['financial_year', 'organisation_level', 'organisation_code']
        ) }}
    left join derived
        on {{ published_keys_match(
            'list_keys', 'derived', ['financial_year', 'organisation_level', 'organisation_code', 'group_id', 'measure']
        ) }}
    left join published
        on {{ published_keys_match(
            'list_keys', 'published', ['financial_year', 'organisation_level', 'organisation_code', 'group_id', 'measure']
        ) }}
    left join divide_derived
        on {{ published_keys_match(
            'list_keys', 'divide_derived',
            ['financial_year', 'organisation_level', 'organisation_code', 'group_id', 'measure']
        ) }}
    left join {{ ref('int_published_rates') }} as published_rates
        on
            {{ published_keys_match(
                'published', 'published_rates', ['financial_year', 'organisation_type', 'organisation_code', 'group_id']
            ) }}
            and list_keys.measure = published_rates.outcome
    left join count_months
        on
            list_keys.financial_year = count_months.financial_year
            and list_keys.organisation_level = 'provider'
            and list_keys.organisation_code = count_months.provider_code

),

measure_differences as (

    select
        *,
        derived_count - published_count as difference_count,
        case
            when published_count > 0
                then cast(derived_count - published_count as double) / cast(published_count as double)
        end as difference_share
    from lay_side_by_side

),

totals as (

    select measure_differences.*
    from measure_differences
    inner join groups
        on measure_differences.group_id = groups.group_id
    where groups.group_level = 'total'

),

finished_courses as (

    select * from measure_differences
    where measure = 'finished_course'

),

find_reasons as (

    select
        sides.financial_year,
        sides.organisation_level,
        sides.organisation_code,
        sides.organisation_name,
        groups.group_level as ethnic_classification,
        groups.group_label as ethnic_group,
        sides.measure,
        sides.derived_count,
        sides.published_count,
        sides.published_status,
        sides.difference_count,
        sides.difference_share,
        sides.derived_denominator_count,
        sides.derived_percentage,
        sides.published_denominator_count,
        sides.published_percentage,
        sides.difference_points,
        sides.submitted_month_count,
        case
            when sides.published_count is null then 'not_published'
            when sides.derived_count is null then 'not_in_raw_data'
            when sides.difference_count = 0 then 'same'
            when sides.is_count_rounded and abs(sides.difference_count) <= limits.rounding_difference then 'rounding'
            when sides.submitted_month_count < limits.months_in_a_year then 'year_in_part'
            when groups.group_level <> 'total' and abs(totals.difference_share) <= limits.agreement_share
                then 'ethnic_group_recording'
            when sides.is_of_finished_course and abs(finished_courses.difference_share) <= limits.agreement_share
                then 'outcome_definition'
            else 'other_submissions'
        end as reason
    from measure_differences as sides
    cross join limits
    inner join groups
        on sides.group_id = groups.group_id
    left join totals
        on {{ published_keys_match(
            'sides', 'totals', ['financial_year', 'organisation_level', 'organisation_code', 'measure']
        ) }}
    left join finished_courses
        on {{ published_keys_match(
            'sides', 'finished_courses', ['financial_year', 'organisation_level', 'organisation_code', 'group_id']
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
