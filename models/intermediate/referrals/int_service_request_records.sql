{{ config(materialized='table') }}
{#
    One row per service request and patient: its most recent record, and the referral that its own identifiers name.
    Source of the rule: the most recent PathwayID; where none was ever sent, provider and service request
    (docs/rules.md, 2: the identifier changes when the person is traced again). A service request identifier that a
    provider gives to another patient later is another service request (24): the second holder is named so.
#}
with referral_records as (

    select
        *,
        hash(service_request_key, patient_key) as request_key
    from {{ ref('int_records_referrals') }}

),

find_latest as (

    select
        request_key,
        any_value(service_request_key) as service_request_key,
        min(reporting_month) as first_reporting_month,
        max(reporting_month) as reporting_month,
        max_by(pathway_id, reporting_month) filter (where pathway_id is not null) as pathway_id
    from referral_records
    group by request_key

),

find_reused as (

    select service_request_key
    from find_latest
    group by service_request_key
    having count(*) > 1

),

number_holders as (

    select
        find_latest.request_key,
        row_number() over (
            partition by find_latest.service_request_key
            order by find_latest.first_reporting_month asc, find_latest.pathway_id asc, find_latest.request_key asc
        ) as holder_number
    from find_latest
    inner join find_reused
        on find_latest.service_request_key = find_reused.service_request_key

),

identify_referrals as (

    select
        referral_records.mds_version,
        referral_records.service_request_id,
        referral_records.person_id,
        referral_records.commissioner_code,
        referral_records.end_code,
        referral_records.age_supplied,
        referral_records.is_pathway_used,
        referral_records.referral_received_date,
        referral_records.discharge_date,
        referral_records.provider_code,
        referral_records.reporting_month,
        referral_records.patient_key,
        referral_records.service_request_key,
        referral_records.request_key,
        find_latest.first_reporting_month,
        number_holders.holder_number,
        coalesce(
            find_latest.pathway_id,
            referral_records.provider_code || '|' || referral_records.service_request_id
            || if(number_holders.holder_number > 1, '|' || number_holders.holder_number, '')
        ) as own_referral_id
    from referral_records
    inner join find_latest
        on
            referral_records.request_key = find_latest.request_key
            and referral_records.reporting_month = find_latest.reporting_month
    left join number_holders
        on referral_records.request_key = number_holders.request_key

)

select * from identify_referrals
