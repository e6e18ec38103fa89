{#
    One row per version, table, scope, subject, month and problem that is worse than its threshold: what a person should
    look at before the figures. A share is worse than its threshold by more than chance, of all that are compared.
    A month for which nothing was submitted is named by missing_months, and not here once more; nor are the contacts of a
    month of which all rows are an alarm.
    Source of the rule: seeds input_alarm_thresholds and submission_rules.
#}
with refused_shares as (

    select * from {{ ref('int_refused_shares') }}
    union all
    select * from {{ ref('int_refused_headers') }}

),

volumes as (

    select * from {{ ref('int_submission_volumes') }}

),

missing_months as (

    select * from {{ ref('int_missing_months') }}

),

thresholds as (

    select * from {{ ref('input_alarm_thresholds') }}

),

set_limits as (

    select
        refused_shares.*,
        thresholds.critical_share,
        case
            when thresholds.false_alarm_chance is not null
                then {{ share_beyond_chance(
                    'refused_shares.row_count', 'thresholds.warning_share', 'refused_shares.comparison_count',
                    'thresholds.false_alarm_chance'
                ) }}
            else thresholds.warning_share
        end as upper_limit
    from refused_shares
    inner join thresholds
        on
            refused_shares.scope = thresholds.scope
            and refused_shares.problem = thresholds.problem
    where refused_shares.row_count >= thresholds.least_row_count

),

compare_shares as (

    select
        mds_version,
        source_table,
        scope,
        subject,
        cast(null as date) as reporting_month,
        problem,
        affected_count,
        row_count,
        affected_count / row_count as affected_share,
        cast(null as double) as lower_limit,
        upper_limit,
        case when affected_count > critical_share * row_count then 'critical' else 'warning' end as severity
    from set_limits
    where
        affected_count > upper_limit * row_count
        or affected_count > critical_share * row_count

),

list_months as (

    select
        coalesce(volumes.mds_version, 'none') as mds_version,
        volumes.source_table,
        'provider_month' as scope,
        volumes.provider_code as subject,
        volumes.reporting_month,
        'unlike_its_year' as problem,
        cast(null as bigint) as affected_count,
        volumes.row_count,
        cast(null as double) as affected_share,
        volumes.lower_limit,
        volumes.upper_limit,
        'warning' as severity
    from volumes
    left join missing_months
        on
            volumes.provider_code = missing_months.provider_code
            and volumes.reporting_month = missing_months.reporting_month
    where
        volumes.is_outside_limits
        and missing_months.provider_code is null
        and (volumes.row_kind = 'all' or volumes.mds_version is not null)
    qualify
        row_number() over (
            partition by volumes.provider_code, volumes.reporting_month
            order by volumes.row_kind = 'all' desc
        ) = 1

),

unite_alarms as (

    select * from compare_shares
    union all
    select * from list_months

)

select * from unite_alarms
