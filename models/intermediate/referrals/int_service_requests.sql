{{ config(materialized='table') }}
{#
    One row per service request of a provider: its most recent record, and the referral (pathway) it belongs to.
    Source of the rule: the most recent PathwayID; where none was ever sent, provider and service request
    (mds_reference 1.1: a pathway identifier changes when the person is traced again).
#}
with referral_records as (

    select * from {{ ref('int_referral_records') }}

),

take_latest as (

    select
        service_request_key,
        max_by(
            struct_pack(
                mds_version, provider_code, service_request_id, reporting_month, patient_key, person_id,
                commissioner_code, end_code, age_supplied, referral_received_date, discharge_date
            ),
            reporting_month
        ) as latest,
        max_by(pathway_id, reporting_month) filter (where pathway_id is not null) as pathway_id
    from referral_records
    group by service_request_key

),

identify_referrals as (

    select
        service_request_key,
        latest.mds_version,
        latest.provider_code,
        latest.service_request_id,
        latest.reporting_month,
        latest.patient_key,
        latest.person_id,
        latest.commissioner_code,
        latest.end_code,
        latest.age_supplied,
        latest.referral_received_date,
        latest.discharge_date,
        coalesce(pathway_id, latest.provider_code || '|' || latest.service_request_id) as referral_id
    from take_latest

)

select * from identify_referrals
