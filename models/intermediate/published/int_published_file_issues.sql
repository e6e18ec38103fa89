{#
One row per input file and financial year whose cells are not used, since the year is taken from another file.
Source of the rule: int_published_files.
#}
with files as (

    select * from {{ ref('int_published_files') }}

),

list_issues as (

    select
        'superseded_file' as issue_type,
        financial_year,
        file_name,
        'all' as organisation_code,
        'the year is taken from ' || used_file_name as detail,
        row_count as cell_count
    from files
    where not is_used

)

select * from list_issues
