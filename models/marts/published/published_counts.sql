{#
One row per financial year, organisation, ethnic group and measure of the annual statistics.
Source of the rule: as published; no count, and the reason, where it is suppressed.
#}
with counts as (

    select * from {{ ref('int_published_counts') }}

),

groups as (

    select * from {{ ref('int_published_groups') }}
    where breakdown = 'ethnic_group'

),

organisations as (

    select * from {{ ref('int_published_organisations') }}

),

describe_counts as (

    select
        counts.financial_year,
        organisations.organisation_level,
        counts.organisation_type,
        counts.organisation_code,
        organisations.organisation_name,
        groups.group_level as ethnic_classification,
        groups.ethnic_category_code,
        groups.group_label as ethnic_group,
        groups.high_level_ethnic_group,
        counts.measure,
        counts.count_value,
        counts.count_status,
        counts.is_summed as is_summed_from_categories,
        organisations.is_count_rounded
    from counts
    inner join groups
        on counts.group_id = groups.group_id
    inner join organisations
        on {{ published_keys_match(
            'counts', 'organisations', ['financial_year', 'organisation_type', 'organisation_code']
        ) }}

)

select * from describe_counts
