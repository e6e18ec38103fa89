{#
    One row per service request and patient: its most recent record, and the referral (pathway) it belongs to.
    Source of the rule: docs/rules.md, 2; a pathway that goes on under other identifiers is one, named by the latest
    (23, 25).
#}
with service_requests as (

    select * from {{ ref('int_service_request_records') }}

),

bridges as (

    select * from {{ ref('int_referral_bridges') }}

),

follow_bridges as (

    select
        service_requests.*,
        coalesce(bridges.to_referral_id, service_requests.own_referral_id) as referral_id
    from service_requests
    left join bridges
        on service_requests.own_referral_id = bridges.from_referral_id

),

keep_columns as (

    select * exclude (own_referral_id, holder_number)
    from follow_bridges

)

select * from keep_columns
