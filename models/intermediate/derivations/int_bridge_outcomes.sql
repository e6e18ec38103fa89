{{ config(tags=['quality']) }}
{#
    One row per service request that was open when its provider changed to version 2 or to another code: was the same
    referral found again afterwards. Source of the rule: docs/rules.md, 23 and 25.
#}
with service_requests as (

    select * from {{ ref('int_service_request_records') }}

),

early_people as (

    select * from {{ ref('int_version_1_5_people') }}

),

successors as (

    select * from {{ ref('stg_reference__provider_successors') }}

),

version_bridges as (

    select * from {{ ref('int_version_bridges') }}

),

provider_bridges as (

    select * from {{ ref('int_provider_bridges') }}

),

unite_candidates as (

    select * from version_bridges
    union all
    select * from provider_bridges

),

candidates as (

    select
        from_request_key,
        bridge_kind,
        bool_or(from_referral_id = to_referral_id) as has_same_name
    from unite_candidates
    group by from_request_key, bridge_kind

),

bridges as (

    select * from {{ ref('int_referral_bridges') }}

),

last_months as (

    select
        provider_code,
        max(reporting_month) filter (where mds_version = 'v1_5') as last_month
    from service_requests
    group by provider_code
    having bool_or(mds_version <> 'v1_5') and bool_or(mds_version = 'v1_5')

),

list_changes as (

    select
        service_requests.*,
        'version' as bridge_kind,
        early_people.patient_key is not null as has_person_number
    from service_requests
    inner join last_months
        on
            service_requests.provider_code = last_months.provider_code
            and service_requests.reporting_month = last_months.last_month
    left join early_people
        on service_requests.patient_key = early_people.patient_key
    where service_requests.mds_version = 'v1_5' and service_requests.discharge_date is null
    union all by name
    select
        service_requests.*,
        'provider_code' as bridge_kind,
        service_requests.person_id is not null as has_person_number
    from service_requests
    inner join successors
        on service_requests.provider_code = successors.provider_code
    where service_requests.discharge_date is null and service_requests.reporting_month <= successors.change_month

),

give_outcomes as (

    select
        list_changes.request_key,
        list_changes.provider_code,
        list_changes.bridge_kind,
        case
            -- A pathway that kept its national identifier needs no bridge.
            when bridges.from_referral_id is not null or coalesce(candidates.has_same_name, false) then 'bridged'
            when candidates.from_request_key is not null then 'ambiguous'
            when not list_changes.has_person_number then 'no_person_number'
            else 'no_counterpart'
        end as bridge_outcome
    from list_changes
    left join bridges
        on list_changes.own_referral_id = bridges.from_referral_id
    left join candidates
        on
            list_changes.request_key = candidates.from_request_key
            and list_changes.bridge_kind = candidates.bridge_kind

)

select * from give_outcomes
