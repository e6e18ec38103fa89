{#
    One row per referral, as sent in a used submission and refused by no rule.
    Source of the rule: M076 counts discharges inside the period that reports them. A later one has not come yet: the
    referral is open, and int_warned_referrals says so. An identifier of many (int_identifiers_of_many) names none.
#}
with checked_rows as (

    select * from {{ ref('int_checked_referrals') }}

),

identifiers_of_many as (

    select * from {{ ref('int_identifiers_of_many') }}

),

keep_records as (

    select
        checked_rows.mds_version,
        checked_rows.submission_id,
        checked_rows.provider_code,
        checked_rows.reporting_month,
        checked_rows.service_request_key,
        checked_rows.service_request_id,
        checked_rows.patient_key,
        pathways_of_many.identifier is not null as is_pathway_id_of_many,
        case when pathways_of_many.identifier is null then checked_rows.pathway_id end as pathway_id,
        case when persons_of_many.identifier is null then checked_rows.person_id end as person_id,
        checked_rows.commissioner_code,
        checked_rows.end_code,
        checked_rows.age_supplied,
        checked_rows.is_pathway_used,
        checked_rows.referral_received_date,
        case
            when checked_rows.discharge_date <= last_day(checked_rows.reporting_month) then checked_rows.discharge_date
        end as discharge_date,
        coalesce(checked_rows.discharge_date > last_day(checked_rows.reporting_month), false)
            as is_discharge_date_in_the_future,
        checked_rows.is_discharge_date_unreadable,
        checked_rows.source_file,
        checked_rows.source_row
    from checked_rows
    left join identifiers_of_many as pathways_of_many
        on checked_rows.pathway_id = pathways_of_many.identifier and pathways_of_many.identifier_kind = 'pathway_id'
    left join identifiers_of_many as persons_of_many
        on checked_rows.person_id = persons_of_many.identifier and persons_of_many.identifier_kind = 'person_id'
    where checked_rows.refusal is null

)

select * from keep_records
