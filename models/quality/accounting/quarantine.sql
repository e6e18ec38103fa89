{#
    One row per rejected record: where it stands and why it is refused, without any value of it.
    Source of the rules: seed validation_rules; the first rule by order decides.
#}
with refused_rows as (

    select * from {{ ref('int_refused_rows') }}

),

rules as (

    select * from {{ ref('validation_rules') }}
    where severity = 'reject'

),

unreadable_rows as (

    select * from {{ ref('int_quarantined_unreadable_rows') }}

),

name_fields as (

    select
        refused_rows.mds_version,
        refused_rows.source_file,
        refused_rows.source_row,
        coalesce(rules.source_table, refused_rows.entity) as source_table,
        coalesce(rules.field, refused_rows.column_name) as field,
        refused_rows.reason_code,
        refused_rows.provider_code,
        cast(refused_rows.reporting_month as date) as reporting_month
    from refused_rows
    left join rules
        on
            refused_rows.mds_version = rules.mds_version
            and refused_rows.entity = rules.entity
            and refused_rows.column_name = rules.column_name
            and refused_rows.reason_code = rules.reason_code

),

add_unreadable_rows as (

    select * from name_fields
    union all by name
    select
        mds_version,
        source_file,
        source_row,
        source_table,
        reason_code
    from unreadable_rows

)

select * from add_unreadable_rows
