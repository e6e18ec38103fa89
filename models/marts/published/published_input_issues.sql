{#
One row per kind of trouble met in the annual and monthly files, financial year, file, organisation and detail, with the number of
cells concerned. Nothing is dropped or merged without a row here.
Source of the rule: the models that it unites.
#}
with unite_issues as (

    select * from {{ ref('int_published_file_issues') }}
    union all by name
    select * from {{ ref('int_published_name_issues') }}
    union all by name
    select * from {{ ref('int_published_cell_issues') }}
    union all by name
    select * from {{ ref('int_published_monthly_issues') }}

)

select * from unite_issues
