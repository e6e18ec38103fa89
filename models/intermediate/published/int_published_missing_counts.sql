{#
One row per financial year of the input, ethnic category and outcome, England: whether every count that the outcome is
made of is published, and if not which is missing.
Source of the rule: the seed published_outcome_definitions. First treatments by ethnic group stand in the raw annual file
only; referrals by ethnic group are not published for 2014-15 to 2016-17.
#}
with definitions as (

    select * from {{ ref('published_outcome_definitions') }}

),

england_counts as (

    select
        counts.*,
        counts.group_id as ethnic_category_code
    from {{ ref('int_published_counts') }} as counts
    inner join {{ ref('int_published_organisations') }} as organisations
        on {{ published_keys_match(
            'counts', 'organisations', ['financial_year', 'organisation_type', 'organisation_code']
        ) }}
    where organisations.organisation_level = 'national'

),

list_parts as (

    select
        outcome,
        numerator_measure as measure
    from definitions
    union all
    select
        outcome,
        denominator_measure as measure
    from definitions
    union all
    select
        outcome,
        excluded_measure as measure
    from definitions
    where excluded_measure <> ''

),

list_years as (

    select distinct financial_year
    from england_counts

),

find_counts as (

    select
        list_years.financial_year,
        categories.ethnic_category_code,
        list_parts.outcome,
        list_parts.measure,
        coalesce(england_counts.count_status, 'not_given') as count_status
    from list_years
    cross join {{ ref('ethnic_categories') }} as categories
    cross join list_parts
    left join england_counts
        on
            list_years.financial_year = england_counts.financial_year
            and categories.ethnic_category_code = england_counts.ethnic_category_code
            and list_parts.measure = england_counts.measure

),

settle_status as (

    select
        financial_year,
        ethnic_category_code,
        outcome,
        case
            when bool_and(count_status = 'published') then 'published'
            -- Of several reasons the one that another file can mend.
            when bool_or(count_status = 'not_given') then 'not_given'
            else min(count_status) filter (where count_status <> 'published')
        end as figure_status,
        string_agg(measure, ', ' order by measure) filter (where count_status <> 'published') as missing_measures
    from find_counts
    group by financial_year, ethnic_category_code, outcome

)

select * from settle_status
