{#
    One row per warning about a record that describes a referral: a long-term condition, a presenting complaint or a pause
    of its waiting time; the record is kept. Source of the rules: seed validation_rules, severity warn.
#}
with referrals as (

    select * from {{ ref('int_records_referrals') }}

),

long_term_conditions as (

    select * from {{ ref('int_records_long_term_conditions') }}

),

presenting_complaints as (

    select * from {{ ref('int_records_presenting_complaints') }}

),

waiting_time_pauses as (

    select * from {{ ref('int_records_waiting_time_pauses') }}

),

pause_reason_codes as (

    select * from {{ ref('pause_reason_codes') }}

),

warn_of_rows as (

    select
        'long_term_conditions' as entity,
        'service_request_id_without_parent' as rule,
        long_term_conditions.mds_version,
        long_term_conditions.provider_code,
        long_term_conditions.reporting_month
    from long_term_conditions
    anti join referrals
        on
            long_term_conditions.service_request_key = referrals.service_request_key
            and long_term_conditions.reporting_month = referrals.reporting_month
    union all
    select
        'presenting_complaints' as entity,
        'service_request_id_without_parent' as rule,
        presenting_complaints.mds_version,
        presenting_complaints.provider_code,
        presenting_complaints.reporting_month
    from presenting_complaints
    anti join referrals
        on
            presenting_complaints.service_request_key = referrals.service_request_key
            and presenting_complaints.reporting_month = referrals.reporting_month
    union all
    select
        'presenting_complaints' as entity,
        'coding_significance_code_blank' as rule,
        mds_version,
        provider_code,
        reporting_month
    from presenting_complaints
    where mds_version <> 'v1_5' and coding_significance_code is null
    union all
    select
        'waiting_time_pauses' as entity,
        'service_request_id_without_parent' as rule,
        waiting_time_pauses.mds_version,
        waiting_time_pauses.provider_code,
        waiting_time_pauses.reporting_month
    from waiting_time_pauses
    anti join referrals
        on
            waiting_time_pauses.service_request_key = referrals.service_request_key
            and waiting_time_pauses.reporting_month = referrals.reporting_month
    union all
    select
        'waiting_time_pauses' as entity,
        'pause_end_date_unreadable' as rule,
        mds_version,
        provider_code,
        reporting_month
    from waiting_time_pauses
    where is_pause_end_date_unreadable
    union all
    select
        'waiting_time_pauses' as entity,
        'pause_reason_code_not_in_list' as rule,
        mds_version,
        provider_code,
        reporting_month
    from waiting_time_pauses
    where pause_reason_code not in (select pause_reason_codes.pause_reason_code from pause_reason_codes)
    union all
    select
        'waiting_time_pauses' as entity,
        'pause_reason_code_blank' as rule,
        mds_version,
        provider_code,
        reporting_month
    from waiting_time_pauses
    where pause_reason_code is null

)

select * from warn_of_rows
