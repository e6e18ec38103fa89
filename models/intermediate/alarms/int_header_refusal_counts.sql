{#
    One row per version, header table, provider and column that headers are refused for (null: kept). A header that only
    comes twice loses nothing and counts as kept.
#}
with headers as (

    select * from {{ ref('int_submission_headers') }}

),

entity_tables as (

    select * from {{ ref('entity_tables') }}
    where entity = 'submissions'

),

rules as (

    select * from {{ ref('validation_rules') }}
    where entity = 'submissions' and reason_code <> 'duplicate_key'

),

fields as (

    select * from {{ ref('validation_fields') }}
    where entity = 'submissions'

),

count_headers as (

    select
        headers.mds_version,
        entity_tables.source_table,
        headers.provider_code,
        fields.field,
        count(*) as row_count
    from headers
    inner join entity_tables
        on headers.mds_version = entity_tables.mds_version
    left join rules
        on headers.refusal = rules.rule
    left join fields
        on headers.mds_version = fields.mds_version and rules.column_name = fields.column_name
    group by headers.mds_version, entity_tables.source_table, headers.provider_code, fields.field

)

select * from count_headers
