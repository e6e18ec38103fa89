{# A refusal that the rules do not know, or of a column without a field, would be a reason without a meaning. #}
with refused_rows as (

    select * from {{ ref('int_refused_rows') }}

),

entity_tables as (

    select * from {{ ref('entity_tables') }}

),

rules as (

    select * from {{ ref('validation_rules') }}
    where severity = 'reject'

),

fields as (

    select * from {{ ref('validation_fields') }}

),

find_unknown as (

    select
        refused_rows.entity,
        refused_rows.refusal,
        refused_rows.mds_version
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
    where rules.rule is null or fields.field is null

)

select * from find_unknown
