{#
    One row per referral, as sent in a used submission and refused by no rule.
    Source of the rule: M076 counts discharges inside the period that reports them. A later one has not come yet: the
    referral is open, and int_warned_referrals says so.
#}
with checked_rows as (

    select * from {{ ref('int_checked_referrals') }}

),

keep_records as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        service_request_key,
        service_request_id,
        patient_key,
        pathway_id,
        person_id,
        commissioner_code,
        end_code,
        age_supplied,
        is_pathway_used,
        referral_received_date,
        case when discharge_date <= last_day(reporting_month) then discharge_date end as discharge_date,
        discharge_date as sent_discharge_date,
        coalesce(discharge_date > last_day(reporting_month), false) as is_discharge_date_in_the_future,
        is_discharge_date_unreadable,
        source_file,
        source_row
    from checked_rows
    where refusal is null

)

select * from keep_records
