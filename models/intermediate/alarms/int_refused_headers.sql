{#
    One row per version, header table, scope and subject: headers refused, out of those of the subject; a scope is a
    column or a provider. A header that only comes twice loses nothing and is not counted as refused.
    Source of the rule: ours (docs/nothing_lost.md, "Aloud"): with its header a whole submission is lost, and its rows
    name no provider.
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

),

unite_scopes as (

    select
        mds_version,
        source_table,
        'provider' as scope,
        provider_code as subject,
        if(field is not null, row_count, 0) as refused_count,
        sum(row_count) over (partition by mds_version, source_table, provider_code) as whole_count
    from count_headers
    union all
    select
        mds_version,
        source_table,
        'column' as scope,
        field as subject,
        row_count as refused_count,
        sum(row_count) over (partition by mds_version, source_table) as whole_count
    from count_headers

),

add_up as (

    select
        mds_version,
        source_table,
        scope,
        subject,
        'header_refused' as problem,
        cast(sum(refused_count) as bigint) as affected_count,
        cast(max(whole_count) as bigint) as row_count,
        1 as comparison_count
    from unite_scopes
    where subject is not null
    group by mds_version, source_table, scope, subject
    having sum(refused_count) > 0

)

select * from add_up
