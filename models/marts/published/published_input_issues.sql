{#
One row per kind of trouble met in the annual and monthly files, financial year, file, organisation and detail, with the number of
cells concerned. Nothing is dropped or merged without a row here.
Source of the rule: the models that it unites; the seeds published_group_labels and published_measure_columns.
#}
with unite_issues as (

    select
        'superseded_file' as issue_type,
        financial_year,
        file_name,
        'all' as organisation_code,
        'the year is taken from ' || used_file_name as detail,
        row_count as cell_count
    from {{ ref('int_published_files') }}
    where not is_used
    union all
    select
        'unknown_label' as issue_type,
        financial_year,
        file_name,
        'all' as organisation_code,
        concat_ws(' / ', variable_type, variable_a, variable_b) as detail,
        row_count as cell_count
    from {{ ref('int_published_labels') }}
    where is_used_type and group_id is null
    union all
    select
        'unknown_column' as issue_type,
        financial_year,
        file_name,
        'all' as organisation_code,
        source_column as detail,
        row_count as cell_count
    from {{ ref('int_published_columns') }}
    where not is_known
    union all by name
    select * from {{ ref('int_published_cell_issues') }}
    union all by name
    select * from {{ ref('int_published_monthly_issues') }}

)

select * from unite_issues
