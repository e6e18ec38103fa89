{#
One row per file and combination of breakdown labels as published, with the group it stands for; null for a breakdown
that no mart uses and for an unknown label of one that is used.
Source of the rule: the seed published_group_labels.
#}
{{ config(materialized='table') }}

with cells as (

    select * from {{ ref('stg_published__cells') }}

),

group_labels as (

    select * from {{ ref('published_group_labels') }}

),

used_types as (

    select distinct {{ published_label_key('variable_type') }} as variable_type_key
    from group_labels

),

count_rows as (

    select
        file_name,
        financial_year,
        variable_type,
        variable_a,
        variable_b,
        count(*) as row_count
    from cells
    group by file_name, financial_year, variable_type, variable_a, variable_b

),

label_groups as (

    select
        count_rows.*,
        group_labels.group_id,
        used_types.variable_type_key is not null as is_used_type
    from count_rows
    left join group_labels
        on {{ published_label_key('count_rows.variable_type', 'count_rows.variable_a', 'count_rows.variable_b') }}
            = group_labels.label_key
    left join used_types on {{ published_label_key('count_rows.variable_type') }} = used_types.variable_type_key

)

select * from label_groups
