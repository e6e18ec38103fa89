{#
One row per kind of trouble met in the annual files, financial year, file, organisation and detail, with the number of
cells concerned. Nothing is dropped or merged without a row here.
Source of the rule: the models named in each part.
#}
with files as (

    select * from {{ ref('int_published_files') }}

),

used_files as (

    select * from files
    where is_used

),

labels as (

    select * from {{ ref('int_published_labels') }}
    where is_used_type and group_id is null

),

measure_columns as (

    select * from {{ ref('int_published_columns') }}
    where not is_known

),

organisations as (

    select * from {{ ref('int_published_organisations') }}

),

cells as (

    select * from {{ ref('int_published_cells') }}

),

unite_issues as (

    select
        'superseded_file' as issue_type,
        financial_year,
        file_name,
        'all' as organisation_code,
        'the year is taken from ' || used_file_name as detail,
        row_count as cell_count
    from files
    where not is_used
    union all
    select
        'unknown_label' as issue_type,
        labels.financial_year,
        labels.file_name,
        'all' as organisation_code,
        concat_ws(' / ', labels.variable_type, labels.variable_a, labels.variable_b) as detail,
        labels.row_count as cell_count
    from labels
    union all
    select
        'unknown_column' as issue_type,
        measure_columns.financial_year,
        measure_columns.file_name,
        'all' as organisation_code,
        measure_columns.source_column as detail,
        measure_columns.row_count as cell_count
    from measure_columns
    union all
    select
        'unknown_organisation_type' as issue_type,
        organisations.financial_year,
        used_files.file_name,
        organisations.organisation_code,
        organisations.organisation_type as detail,
        count(*) as cell_count
    from organisations
    inner join used_files on organisations.financial_year = used_files.financial_year
    inner join cells
        on
            organisations.financial_year = cells.financial_year
            and organisations.organisation_type = cells.organisation_type
            and organisations.organisation_code = cells.organisation_code
    where not organisations.is_known_organisation_type
    group by all
    union all
    select
        case
            when cells.is_conflicting then 'conflicting_copies'
            when cells.cell_status = 'unreadable' then 'unreadable_value'
            else 'identical_copies'
        end as issue_type,
        cells.financial_year,
        used_files.file_name,
        cells.organisation_code,
        cells.organisation_type || ': ' || organisations.organisation_names as detail,
        count(*) as cell_count
    from cells
    inner join used_files on cells.financial_year = used_files.financial_year
    inner join organisations
        on
            cells.financial_year = organisations.financial_year
            and cells.organisation_type = organisations.organisation_type
            and cells.organisation_code = organisations.organisation_code
    where cells.copy_count > 1 or cells.cell_status = 'unreadable'
    group by all

)

select * from unite_issues
