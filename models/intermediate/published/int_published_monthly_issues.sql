{#
One row per monthly file, financial year, organisation and kind of trouble: measures that the seed does not know, by ethnic
group or not, types of organisation that it does not know, copies, values that cannot be read.
Source of the rule: int_published_monthly_measures and int_published_monthly_cells.
#}
with cells as (

    select
        *,
        {{ financial_year('reporting_month') }} as financial_year
    from {{ ref('int_published_monthly_cells') }}

),

judge_cells as (

    select
        *,
        case
            when not is_known_organisation_type then 'unknown_organisation_type'
            when is_conflicting then 'conflicting_copies'
            when cell_status = 'unreadable' then 'unreadable_value'
            when copy_count > 1 then 'identical_copies'
        end as issue_type
    from cells

),

count_issues as (

    select
        issue_type,
        financial_year,
        file_name,
        organisation_code,
        organisation_type || ': ' || min(organisation_name) as detail,
        count(*) as cell_count
    from judge_cells
    where issue_type is not null
    group by issue_type, financial_year, file_name, organisation_code, organisation_type

),

unite_issues as (

    select * from count_issues
    union all
    select
        -- Its people would be missing from the comparison; another measure is only one more.
        case when is_of_ethnic_group then 'unknown_group_measure' else 'unknown_column' end as issue_type,
        financial_year,
        file_name,
        'all' as organisation_code,
        concat_ws(' ', measure_id, source_column) as detail,
        row_count as cell_count
    from {{ ref('int_published_monthly_measures') }}
    where not is_known

)

select * from unite_issues
