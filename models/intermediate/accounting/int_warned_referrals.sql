{#
    One row per warning about a record of a referral, or of what describes one; the record is kept.
    Source of the rules: seed validation_rules, severity warn.
#}
with referrals as (

    select * from {{ ref('int_records_referrals') }}

),

people as (

    select * from {{ ref('int_records_people') }}

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

end_codes as (

    select * from {{ ref('end_codes') }}

),

pause_reason_codes as (

    select * from {{ ref('pause_reason_codes') }}

),

warn_of_rows as (

    select
        'referrals' as entity,
        'commissioner_code_blank' as rule,
        mds_version,
        provider_code,
        reporting_month
    from referrals
    where commissioner_code is null
    union all
    select
        'referrals' as entity,
        'end_code_not_in_list' as rule,
        mds_version,
        provider_code,
        reporting_month
    from referrals
    where end_code not in (select end_codes.end_code from end_codes)
    union all
    select
        'referrals' as entity,
        'end_code_without_discharge' as rule,
        mds_version,
        provider_code,
        reporting_month
    from referrals
    where end_code is not null and discharge_date is null
    union all
    select
        'referrals' as entity,
        'discharge_date_without_end_code' as rule,
        mds_version,
        provider_code,
        reporting_month
    from referrals
    where end_code is null and discharge_date is not null
    union all
    select
        'referrals' as entity,
        'discharge_date_before_referral' as rule,
        mds_version,
        provider_code,
        reporting_month
    from referrals
    where discharge_date < referral_received_date
    union all
    select
        'referrals' as entity,
        'discharge_date_unreadable' as rule,
        mds_version,
        provider_code,
        reporting_month
    from referrals
    where is_discharge_date_unreadable
    union all
    select
        'referrals' as entity,
        'discharge_date_in_the_future' as rule,
        mds_version,
        provider_code,
        reporting_month
    from referrals
    where discharge_date > last_day(reporting_month)
    union all
    select
        'referrals' as entity,
        'referral_received_date_in_the_future' as rule,
        mds_version,
        provider_code,
        reporting_month
    from referrals
    where referral_received_date > last_day(reporting_month)
    union all
    select
        'referrals' as entity,
        'patient_key_without_parent' as rule,
        referrals.mds_version,
        referrals.provider_code,
        referrals.reporting_month
    from referrals
    anti join people
        on
            referrals.patient_key = people.patient_key
            and referrals.reporting_month = people.reporting_month
    union all
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
