{#
    One row per version, header table, scope and subject: headers refused, out of those of the subject; a scope is a
    column or a provider. Source of the rule: ours (docs/nothing_lost.md, "Aloud"): with its header a whole submission is
    lost, and its rows name no provider.
#}
with refusal_counts as (

    select * from {{ ref('int_header_refusal_counts') }}

),

unite_scopes as (

    select
        mds_version,
        source_table,
        'provider' as scope,
        provider_code as subject,
        if(field is not null, row_count, 0) as refused_count,
        sum(row_count) over (partition by mds_version, source_table, provider_code) as whole_count
    from refusal_counts
    union all
    select
        mds_version,
        source_table,
        'column' as scope,
        field as subject,
        row_count as refused_count,
        sum(row_count) over (partition by mds_version, source_table) as whole_count
    from refusal_counts

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
