{{ config(materialized='table') }}
{#
    One row per service request of a provider: its most recent record, and the referral (pathway) it belongs to.
    Source of the rule: the most recent PathwayID; where none was ever sent, provider and service request
    (docs/rules.md, 2: the identifier changes when the person is traced again).
#}
with referral_records as (

    select * from {{ ref('int_referral_records') }}

),

find_latest as (

    select
        service_request_key,
        max(reporting_month) as reporting_month,
        max_by(pathway_id, reporting_month) filter (where pathway_id is not null) as pathway_id
    from referral_records
    group by service_request_key

),

identify_referrals as (

    select
        referral_records.mds_version,
        referral_records.service_request_id,
        referral_records.person_id,
        referral_records.commissioner_code,
        referral_records.end_code,
        referral_records.age_supplied,
        referral_records.referral_received_date,
        referral_records.discharge_date,
        referral_records.provider_code,
        referral_records.reporting_month,
        referral_records.patient_key,
        referral_records.service_request_key,
        coalesce(
            find_latest.pathway_id, referral_records.provider_code || '|' || referral_records.service_request_id
        ) as referral_id
    from referral_records
    inner join find_latest
        on
            referral_records.service_request_key = find_latest.service_request_key
            and referral_records.reporting_month = find_latest.reporting_month

)

select * from identify_referrals
