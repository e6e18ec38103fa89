{#
    One row per version, table, scope, subject, month and problem that is worse than its threshold: what a person should
    look at before the figures. Source of the rule: seeds input_alarm_thresholds and submission_rules.
#}
with refused_shares as (

    select * from {{ ref('int_refused_shares') }}

),

volumes as (

    select * from {{ ref('int_submission_volumes') }}

),

thresholds as (

    select * from {{ ref('input_alarm_thresholds') }}

),

compare_shares as (

    select
        refused_shares.mds_version,
        refused_shares.source_table,
        refused_shares.scope,
        refused_shares.subject,
        cast(null as date) as reporting_month,
        refused_shares.problem,
        refused_shares.affected_count,
        refused_shares.row_count,
        refused_shares.affected_count / refused_shares.row_count as affected_share,
        cast(null as double) as lower_limit,
        thresholds.warning_share as upper_limit,
        case
            when refused_shares.affected_count > thresholds.critical_share * refused_shares.row_count then 'critical'
            else 'warning'
        end as severity
    from refused_shares
    inner join thresholds
        on
            refused_shares.scope = thresholds.scope
            and refused_shares.problem = thresholds.problem
    where
        refused_shares.row_count >= thresholds.least_row_count
        and refused_shares.affected_count > thresholds.warning_share * refused_shares.row_count

),

list_months as (

    select
        coalesce(mds_version, 'none') as mds_version,
        'all' as source_table,
        'provider_month' as scope,
        provider_code as subject,
        reporting_month,
        'unlike_its_year' as problem,
        cast(null as bigint) as affected_count,
        row_count,
        cast(null as double) as affected_share,
        lower_limit,
        upper_limit,
        'warning' as severity
    from volumes
    where is_outside_limits

),

unite_alarms as (

    select * from compare_shares
    union all
    select * from list_months

)

select * from unite_alarms
