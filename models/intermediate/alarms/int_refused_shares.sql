{#
    One row per version, table, scope, subject and problem: rows refused, out of those of the subject. A scope is a file,
    a column or a provider; the problem of a row is that its parent is missing, or any other refusal. In a file, rows
    whose keys an earlier row holds are a problem of their own: a copy of a file loses nothing, another file with the same
    keys does.
    Source of the rule: docs/nothing_lost.md, "Aloud".
#}
with row_counts as (

    select * from {{ ref('int_refusal_counts') }}

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

-- An entity without a table of its own is part of a row that is counted already.
name_problems as (

    select
        row_counts.mds_version,
        entity_tables.source_table,
        row_counts.source_file,
        row_counts.provider_code,
        fields.field,
        case
            when row_counts.refusal is null then 'none'
            when rules.reason_code = 'no_parent_in_file' then 'without_parent'
            else 'refused'
        end as problem,
        coalesce(rules.reason_code = 'duplicate_key', false) as is_repeated,
        row_counts.row_count
    from row_counts
    inner join entity_tables
        on
            row_counts.mds_version = entity_tables.mds_version
            and row_counts.entity = entity_tables.entity
    left join rules
        on
            row_counts.entity = rules.entity
            and row_counts.refusal = rules.rule
    left join fields
        on
            row_counts.mds_version = fields.mds_version
            and rules.entity = fields.entity
            and rules.column_name = fields.column_name

),

add_unreadable_rows as (

    select * from name_problems
    union all
    select
        mds_version,
        source_table,
        source_file,
        cast(null as varchar) as provider_code,
        cast(null as varchar) as field,
        'unreadable' as problem,
        false as is_repeated,
        count(*) as row_count
    from unreadable_rows
    group by mds_version, source_table, source_file

),

-- A column is asked of all rows of its table, a file or a provider of its own.
unite_scopes as (

    select
        mds_version,
        source_table,
        'file' as scope,
        source_file as subject,
        source_file as whole,
        case when is_repeated then 'repeated' else problem end as problem,
        row_count
    from add_unreadable_rows
    union all
    select
        mds_version,
        source_table,
        'column' as scope,
        field as subject,
        source_table as whole,
        problem,
        row_count
    from add_unreadable_rows
    union all
    select
        mds_version,
        source_table,
        'provider' as scope,
        provider_code as subject,
        provider_code as whole,
        problem,
        row_count
    from add_unreadable_rows

),

count_wholes as (

    select
        mds_version,
        source_table,
        scope,
        whole,
        sum(row_count) as row_count
    from unite_scopes
    group by mds_version, source_table, scope, whole

),

list_subjects as (

    select distinct
        mds_version,
        source_table,
        scope,
        subject
    from unite_scopes
    where subject is not null

),

count_subjects as (

    select count(*) as comparison_count from list_subjects

),

add_up as (

    select
        unite_scopes.mds_version,
        unite_scopes.source_table,
        unite_scopes.scope,
        unite_scopes.subject,
        unite_scopes.problem,
        cast(sum(unite_scopes.row_count) as bigint) as affected_count,
        cast(max(count_wholes.row_count) as bigint) as row_count,
        max(count_subjects.comparison_count) as comparison_count
    from unite_scopes
    inner join count_wholes
        on
            unite_scopes.mds_version = count_wholes.mds_version
            and unite_scopes.source_table = count_wholes.source_table
            and unite_scopes.scope = count_wholes.scope
            and unite_scopes.whole = count_wholes.whole
    cross join count_subjects
    where unite_scopes.problem <> 'none' and unite_scopes.subject is not null
    group by
        unite_scopes.mds_version, unite_scopes.source_table, unite_scopes.scope, unite_scopes.subject,
        unite_scopes.problem

)

select * from add_up
