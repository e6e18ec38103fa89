{#
    One row per open service request of a provider and one of its successor that may be the same referral.
    Source of the rule (inferred, docs/rules.md, 25): the provider's code changes and its open referrals are sent anew
    under the new code, from the month of the change on; same person, received the same day; with several candidates
    on a side, equal service request identifiers must tell them apart.
#}
with service_requests as (

    select * from {{ ref('int_service_request_records') }}

),

successors as (

    select * from {{ ref('stg_reference__provider_successors') }}

),

pair_requests as (

    select
        old_requests.request_key as from_request_key,
        old_requests.own_referral_id as from_referral_id,
        new_requests.own_referral_id as to_referral_id,
        'provider_code' as bridge_kind,
        old_requests.service_request_id = new_requests.service_request_id as has_equal_identifiers,
        count(*) over (partition by old_requests.request_key) as candidate_count,
        count(*) over (partition by new_requests.request_key) as rival_count
    from successors
    inner join service_requests as old_requests
        on successors.provider_code = old_requests.provider_code
    inner join service_requests as new_requests
        on
            successors.successor_provider_code = new_requests.provider_code
            and old_requests.person_id = new_requests.person_id
            -- Versions 1.5 and 2 identify people by two schemes.
            and (old_requests.mds_version = 'v1_5') is not distinct from (new_requests.mds_version = 'v1_5')
            and old_requests.referral_received_date = new_requests.referral_received_date
    where
        old_requests.discharge_date is null
        and old_requests.reporting_month <= successors.change_month
        and new_requests.first_reporting_month >= successors.change_month

)

select * from pair_requests
