{#
One row per file, year and label of a used breakdown, or column, that the seeds do not know.
Source of the rule: the seeds published_group_labels and published_measure_columns.
#}
with list_issues as (

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

)

select * from list_issues
