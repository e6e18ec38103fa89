{{ config(materialized='table', post_hook='{{ forget_changed_submissions() }}') }}
{% if keeps_records() and not execute %}
    {#- The hook reads it, and dbt finds here what it must build before. -#}
    {%- do ref('int_submission_files') -%}
{% endif %}
{#
    One row per submission with a readable header: whether it is truncated, and whether the marts use it.
    Source of the rule: one latest file per provider and month; a Refresh replaces the Primary, but a truncated file
    gives way to a whole one (docs/rules.md, 1). Of several the last received counts (EFFECTIVE_FROM), or made where the
    receipt is not known; of those of one moment the highest identifier, with every number in it as a number.
#}
with headers as (

    select * from {{ ref('int_submission_headers') }}
    where refusal is null

),

row_counts as (

    select * from {{ ref('int_submission_row_counts') }}

),

loads as (

    select * from {{ ref('int_submission_loads') }}

),

rules as (

    select rule_value as truncated_row_share from {{ ref('submission_rules') }}
    where rule = 'truncated_row_share'

),

list_loads as (

    select
        mds_version,
        submission_id,
        {{ map_of('entity', 'latest_audit_id') }} as latest_audit_ids
    from loads
    group by mds_version, submission_id

),

count_rows as (

    select
        headers.mds_version,
        headers.submission_id,
        headers.provider_code,
        headers.reporting_month,
        headers.submission_window,
        headers.created_at,
        headers.received_at,
        headers.stated_row_count,
        coalesce(row_counts.row_count, 0) as row_count,
        coalesce(row_counts.contact_count, 0) as contact_count,
        headers.source_file,
        headers.source_row,
        list_loads.latest_audit_ids,
        coalesce(headers.received_at, headers.created_at) as arrived_at
    from headers
    left join row_counts
        on
            headers.mds_version = row_counts.mds_version
            and headers.submission_id = row_counts.submission_id
    left join list_loads
        on
            headers.mds_version = list_loads.mds_version
            and headers.submission_id = list_loads.submission_id

),

number_by_arrival as (

    select
        *,
        row_number() over (
            partition by provider_code, reporting_month
            order by
                arrived_at desc nulls last,
                created_at desc nulls last,
                {{ identifier_order('submission_id') }} desc
        ) as arrival_number
    from count_rows

),

find_primary as (

    select
        *,
        min_by(row_count, arrival_number) filter (where submission_window <> 'refresh')
            over (partition by provider_code, reporting_month) as primary_row_count
    from number_by_arrival

),

mark_truncated as (

    select
        find_primary.*,
        coalesce(
            find_primary.row_count < rules.truncated_row_share * find_primary.stated_row_count
            or (
                find_primary.submission_window = 'refresh'
                and find_primary.row_count < rules.truncated_row_share * find_primary.primary_row_count
            ),
            false
        ) as is_truncated
    from find_primary
    cross join rules

),

rank_submissions as (

    select
        *,
        row_number() over (
            partition by provider_code, reporting_month
            order by is_truncated asc, submission_window = 'refresh' desc, arrival_number asc
        ) as submission_rank,
        count(*) over (
            partition by provider_code, reporting_month, submission_window, arrived_at, created_at
        ) > 1 as has_equal_rival
    from mark_truncated

),

mark_accepted as (

    select
        * exclude (submission_rank, arrival_number, arrived_at),
        submission_rank = 1 as is_accepted
    from rank_submissions

)

select * from mark_accepted
