{#
    One row per rejected record: where it stands and why it is refused, without any value of it.
    Source of the rules: seed validation_rules; the first rule by order decides.
#}
with refused_rows as (

    select * from {{ ref('int_refused_rows') }}

),

entity_tables as (

    select * from {{ ref('entity_tables') }}

),

rules as (

    select * from {{ ref('validation_rules') }}

),

fields as (

    select * from {{ ref('validation_fields') }}

),

unreadable_rows as (

    select * from {{ ref('stg_input_files__unreadable_rows') }}

),

-- An entity without a table of its own, such as the scores of version 1.5, is part of a row that is accounted for.
name_fields as (

    select
        refused_rows.mds_version,
        refused_rows.source_file,
        refused_rows.source_row,
        entity_tables.source_table,
        coalesce(fields.field, rules.column_name) as field,
        coalesce(rules.reason_code, refused_rows.refusal) as reason_code,
        refused_rows.provider_code,
        cast(refused_rows.reporting_month as date) as reporting_month
    from refused_rows
    inner join entity_tables
        on
            refused_rows.mds_version = entity_tables.mds_version
            and refused_rows.entity = entity_tables.entity
    left join rules
        on
            refused_rows.entity = rules.entity
            and refused_rows.refusal = rules.rule
    left join fields
        on
            refused_rows.mds_version = fields.mds_version
            and rules.entity = fields.entity
            and rules.column_name = fields.column_name

),

add_unreadable_rows as (

    select * from name_fields
    union all
    select
        mds_version,
        source_file,
        source_row,
        source_table,
        cast(null as varchar) as field,
        reason_code,
        cast(null as varchar) as provider_code,
        cast(null as date) as reporting_month
    from unreadable_rows

)

select * from add_unreadable_rows
