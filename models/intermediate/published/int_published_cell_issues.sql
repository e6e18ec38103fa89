{#
One row per financial year, organisation and kind of trouble with its cells: copies, values that cannot be read, a type
of organisation that the seed does not know.
Source of the rule: int_published_cells, int_published_organisations.
#}
with cells as (

    select * from {{ ref('int_published_cells') }}

),

files as (

    select * from {{ ref('int_published_files') }}
    where is_used

),

judge_cells as (

    select
        case
            when not organisations.is_known_organisation_type then 'unknown_organisation_type'
            when cells.is_conflicting then 'conflicting_copies'
            when cells.cell_status = 'unreadable' then 'unreadable_value'
            when cells.copy_count > 1 then 'identical_copies'
        end as issue_type,
        cells.financial_year,
        files.file_name,
        cells.organisation_code,
        cells.organisation_type || ': ' || organisations.organisation_names as detail,
        count(*) as cell_count
    from cells
    inner join files
        on cells.financial_year = files.financial_year
    inner join {{ ref('int_published_organisations') }} as organisations
        on {{ published_keys_match(
            'cells', 'organisations', ['financial_year', 'organisation_type', 'organisation_code']
        ) }}
    group by all

),

keep_issues as (

    select * from judge_cells
    where issue_type is not null

)

select * from keep_issues
