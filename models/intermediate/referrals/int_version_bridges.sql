{#
    One row per service request of version 1.5 and one of version 2 that may be the same referral.
    Source of the rule (inferred, docs/rules.md, 23): same provider, same pseudonymised person, received the same day;
    with several candidates on a side, equal service request identifiers must tell them apart.
#}
with service_requests as (

    select * from {{ ref('int_service_request_records') }}

),

people as (

    select * from {{ ref('int_records_people') }}

),

early_people as (

    select * from {{ ref('int_version_1_5_people') }}

),

late_people as (

    select
        people.patient_key,
        max_by(people.pseudonymised_person_id, people.reporting_month) as pseudonymised_person_id
    from early_people
    inner join people
        on early_people.pseudonymised_person_id = people.pseudonymised_person_id
    where people.mds_version <> 'v1_5'
    group by people.patient_key

),

pair_requests as (

    select
        early_requests.request_key as from_request_key,
        early_requests.own_referral_id as from_referral_id,
        late_requests.own_referral_id as to_referral_id,
        'version' as bridge_kind,
        early_requests.service_request_id = late_requests.service_request_id as has_equal_identifiers,
        count(*) over (partition by early_requests.request_key) as candidate_count,
        count(*) over (partition by late_requests.request_key) as rival_count
    from early_people
    inner join service_requests as early_requests
        on early_people.patient_key = early_requests.patient_key
    inner join late_people
        on early_people.pseudonymised_person_id = late_people.pseudonymised_person_id
    inner join service_requests as late_requests
        on
            late_people.patient_key = late_requests.patient_key
            and early_requests.provider_code = late_requests.provider_code
            and early_requests.referral_received_date = late_requests.referral_received_date

)

select * from pair_requests
