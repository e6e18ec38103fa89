{#
    One row per version, table, scope, subject and problem of kept rows that is worse than its threshold; columns as in
    input_alarms. Counted from the accounts, since whether a describing row hangs on nothing is asked for them alone.
    Source of the rule: seed input_alarm_thresholds.
#}
with warnings as (

    select * from {{ ref('validation_warnings') }}

),

row_accounting as (

    select * from {{ ref('row_accounting') }}

),

refusal_counts as (

    select * from {{ ref('int_refusal_counts') }}
    where refusal is null and provider_code is not null

),

entity_tables as (

    select * from {{ ref('entity_tables') }}

),

thresholds as (

    select * from {{ ref('input_alarm_thresholds') }}

),

name_problems as (

    select
        mds_version,
        source_table,
        field,
        reason_code,
        provider_code,
        case when reason_code = 'no_parent_in_file' then 'without_parent' else 'warned' end as problem,
        record_count
    from warnings

),

count_tables as (

    select
        mds_version,
        source_table,
        sum(kept_count) as row_count
    from row_accounting
    group by mds_version, source_table

),

count_providers as (

    select
        refusal_counts.mds_version,
        entity_tables.source_table,
        refusal_counts.provider_code,
        sum(refusal_counts.row_count) as row_count
    from refusal_counts
    inner join entity_tables
        on
            refusal_counts.mds_version = entity_tables.mds_version
            and refusal_counts.entity = entity_tables.entity
    group by refusal_counts.mds_version, entity_tables.source_table, refusal_counts.provider_code

),

-- Reasons are counted one by one: a row with two would count twice.
count_columns as (

    select
        mds_version,
        source_table,
        field,
        reason_code,
        problem,
        sum(record_count) as affected_count
    from name_problems
    group by mds_version, source_table, field, reason_code, problem

),

count_provider_columns as (

    select
        mds_version,
        source_table,
        field,
        reason_code,
        provider_code,
        problem,
        sum(record_count) as affected_count
    from name_problems
    group by mds_version, source_table, field, reason_code, provider_code, problem

),

unite_scopes as (

    select
        columns_warned.mds_version,
        columns_warned.source_table,
        'column' as scope,
        columns_warned.field as subject,
        columns_warned.reason_code,
        columns_warned.problem,
        columns_warned.affected_count,
        whole_tables.row_count
    from count_columns as columns_warned
    inner join count_tables as whole_tables
        on
            columns_warned.mds_version = whole_tables.mds_version
            and columns_warned.source_table = whole_tables.source_table
    union all
    select
        providers_warned.mds_version,
        providers_warned.source_table,
        'provider' as scope,
        providers_warned.provider_code as subject,
        providers_warned.field || ' ' || providers_warned.reason_code as reason_code,
        providers_warned.problem,
        providers_warned.affected_count,
        providers.row_count
    from count_provider_columns as providers_warned
    inner join count_providers as providers
        on
            providers_warned.mds_version = providers.mds_version
            and providers_warned.source_table = providers.source_table
            and providers_warned.provider_code = providers.provider_code

),

set_limits as (

    select
        unite_scopes.*,
        thresholds.critical_share,
        case
            when thresholds.false_alarm_chance is not null
                then {{ share_beyond_chance(
                    'unite_scopes.row_count', 'thresholds.warning_share', 'count(*) over ()', 'thresholds.false_alarm_chance'
                ) }}
            else thresholds.warning_share
        end as upper_limit
    from unite_scopes
    inner join thresholds
        on
            unite_scopes.scope = thresholds.scope
            and unite_scopes.problem = thresholds.problem
    where unite_scopes.row_count >= thresholds.least_row_count

),

compare_shares as (

    select
        mds_version,
        source_table,
        scope,
        subject,
        reason_code,
        problem,
        cast(affected_count as bigint) as affected_count,
        cast(row_count as bigint) as row_count,
        affected_count / row_count as affected_share,
        upper_limit,
        case when affected_count > critical_share * row_count then 'critical' else 'warning' end as severity
    from set_limits
    where
        affected_count > upper_limit * row_count
        or affected_count > critical_share * row_count

)

select * from compare_shares
