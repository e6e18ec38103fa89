{#
    One row per warning about a record of an employment status or a disability; the record is kept.
    Source of the rules: seed validation_rules, severity warn.
#}
with people as (

    select * from {{ ref('int_records_people') }}

),

employment_statuses as (

    select * from {{ ref('int_records_employment_statuses') }}

),

disabilities as (

    select * from {{ ref('int_records_disabilities') }}

),

employment_status_codes as (

    select * from {{ ref('employment_status_codes') }}

),

disability_codes as (

    select * from {{ ref('disability_codes') }}

),

warn_of_rows as (

    select
        'employment_statuses' as entity,
        'employment_status_code_not_in_list' as rule,
        mds_version,
        provider_code,
        reporting_month
    from employment_statuses
    where
        employment_status_code not in (
            select employment_status_codes.employment_status_code from employment_status_codes
        )
    union all
    select
        'employment_statuses' as entity,
        'recorded_date_blank' as rule,
        mds_version,
        provider_code,
        reporting_month
    from employment_statuses
    where recorded_date is null
    union all
    select
        'employment_statuses' as entity,
        'patient_key_without_parent' as rule,
        employment_statuses.mds_version,
        employment_statuses.provider_code,
        employment_statuses.reporting_month
    from employment_statuses
    anti join people
        on
            employment_statuses.patient_key = people.patient_key
            and employment_statuses.reporting_month = people.reporting_month
    union all
    select
        'disabilities' as entity,
        'disability_code_not_in_list' as rule,
        mds_version,
        provider_code,
        reporting_month
    from disabilities
    where disability_code not in (select disability_codes.disability_code from disability_codes)
    union all
    select
        'disabilities' as entity,
        'patient_key_without_parent' as rule,
        disabilities.mds_version,
        disabilities.provider_code,
        disabilities.reporting_month
    from disabilities
    anti join people
        on
            disabilities.patient_key = people.patient_key
            and disabilities.reporting_month = people.reporting_month

)

select * from warn_of_rows
