{#
    One row per warning about a record of a referral; the record is kept.
    Source of the rules: seed validation_rules, severity warn.
#}
with referrals as (

    select * from {{ ref('int_records_referrals') }}

),

people as (

    select * from {{ ref('int_records_people') }}

),

end_codes as (

    select * from {{ ref('end_codes') }}

),

identifiers_of_many as (

    select * from {{ ref('int_identifiers_of_many') }}

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
    where end_code is not null and discharge_date is null and not is_discharge_date_in_the_future
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
    where is_discharge_date_in_the_future
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
        'pathway_id_of_many' as rule,
        referrals.mds_version,
        referrals.provider_code,
        referrals.reporting_month
    from referrals
    inner join identifiers_of_many
        on referrals.pathway_id = identifiers_of_many.identifier and identifiers_of_many.identifier_kind = 'pathway_id'
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

)

select * from warn_of_rows
