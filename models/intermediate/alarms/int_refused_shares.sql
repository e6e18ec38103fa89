{#
    One row per version, table, scope, subject and problem: rows refused, out of those of the subject. A scope is a file,
    a column or a provider; the problem of a row is that its parent is missing, or any other refusal.
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
        count(*) as row_count
    from unreadable_rows
    group by mds_version, source_table, source_file

),

count_tables as (

    select
        mds_version,
        source_table,
        sum(row_count) as row_count
    from add_unreadable_rows
    group by mds_version, source_table

),

count_files as (

    select
        mds_version,
        source_table,
        source_file,
        sum(row_count) as row_count
    from add_unreadable_rows
    group by mds_version, source_table, source_file

),

count_providers as (

    select
        mds_version,
        source_table,
        provider_code,
        sum(row_count) as row_count
    from add_unreadable_rows
    where provider_code is not null
    group by mds_version, source_table, provider_code

),

unite_scopes as (

    select
        problems.mds_version,
        problems.source_table,
        'file' as scope,
        problems.source_file as subject,
        problems.problem,
        problems.row_count as affected_count,
        files.row_count
    from add_unreadable_rows as problems
    inner join count_files as files
        on
            problems.mds_version = files.mds_version
            and problems.source_table = files.source_table
            and problems.source_file = files.source_file
    union all
    select
        problems.mds_version,
        problems.source_table,
        'column' as scope,
        problems.field as subject,
        problems.problem,
        problems.row_count as affected_count,
        whole_tables.row_count
    from add_unreadable_rows as problems
    inner join count_tables as whole_tables
        on
            problems.mds_version = whole_tables.mds_version
            and problems.source_table = whole_tables.source_table
    where problems.field is not null
    union all
    select
        problems.mds_version,
        problems.source_table,
        'provider' as scope,
        problems.provider_code as subject,
        problems.problem,
        problems.row_count as affected_count,
        providers.row_count
    from add_unreadable_rows as problems
    inner join count_providers as providers
        on
            problems.mds_version = providers.mds_version
            and problems.source_table = providers.source_table
            and problems.provider_code = providers.provider_code

),

list_subjects as (

    select distinct
        mds_version,
        source_table,
        scope,
        subject
    from unite_scopes

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
        cast(sum(unite_scopes.affected_count) as bigint) as affected_count,
        cast(max(unite_scopes.row_count) as bigint) as row_count,
        max(count_subjects.comparison_count) as comparison_count
    from unite_scopes
    cross join count_subjects
    where unite_scopes.problem <> 'none'
    group by
        unite_scopes.mds_version, unite_scopes.source_table, unite_scopes.scope, unite_scopes.subject,
        unite_scopes.problem

)

select * from add_up
