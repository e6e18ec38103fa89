{#
One row per financial year of the raw data, organisation, group and measure: what the raw data say and what the annual
statistics do, and for how many months of the year there are submissions.
Source of the rule: int_derived_counts, int_published_sides. Organisations below England stand here where the statistics
of the year have them.
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

    select * from {{ ref('int_published_sides') }}
    -- The levels that the raw data can have: England, commissioners and providers.
    where organisation_level in (select levels.organisation_level from derived_organisations as levels)

),

groups as (

    select * from {{ ref('int_published_groups') }}
    where breakdown = 'ethnic_group'

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

lay_side_by_side as (

    select
        list_keys.*,
        published.organisation_name,
        groups.group_level as ethnic_classification,
        groups.group_label as ethnic_group,
        coalesce(derived.is_of_finished_course, false) as is_of_finished_course,
        coalesce(published.is_count_rounded, list_keys.organisation_level <> 'national') as is_count_rounded,
        -- Nobody of a group is a count, where the raw data have the organisation.
        case when derived_organisations.organisation_code is not null then coalesce(derived.event_count, 0) end
            as derived_count,
        published.count_value as published_count,
        coalesce(published.count_status, 'not_given') as published_status,
        published.denominator_count as published_denominator_count,
        published.percentage as published_percentage,
        case
            when list_keys.organisation_level = 'provider' then coalesce(count_months.month_count, 0)
            else count_months_of_all.month_count
        end as submitted_month_count
    from list_keys
    inner join count_months_of_all
        on list_keys.financial_year = count_months_of_all.financial_year
    inner join groups
        on list_keys.group_id = groups.group_id
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
    left join count_months
        on
            list_keys.financial_year = count_months.financial_year
            and list_keys.organisation_level = 'provider'
            and list_keys.organisation_code = count_months.provider_code

)

select * from lay_side_by_side
