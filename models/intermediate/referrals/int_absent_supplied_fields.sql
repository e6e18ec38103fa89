{#
    One row per file of referrals that lacks a centrally derived field: the fields that it does not hold.
    Source of the rule: docs/rules.md, 27; what a file does not hold is unknown, not false or none.
#}
with absent_columns as (

    select * from {{ ref('stg_input_files__absent_columns') }}

),

supplied_fields as (

    select * from {{ ref('supplied_fields') }}

),

list_fields as (

    select
        absent_columns.mds_version,
        absent_columns.source_file,
        array_agg(supplied_fields.field) as absent_fields
    from absent_columns
    inner join supplied_fields
        on lower(absent_columns.column_name) = lower(supplied_fields.column_name)
    group by absent_columns.mds_version, absent_columns.source_file

)

select * from list_fields
