{{ config(materialized='table') }}
{#
    One row per referral pathway: its most recent record.
    Source of the rule: a referral is sent again every month while it is open; the latest month says what is known
    (docs/rules.md, 3); of several records of a month the one that UsePathway_Flag marks. A referral without a received date
    has no place in time and is left out. A commissioner's code is the one of today where a reference table names its
    successor, for closed referrals too.
#}
with service_requests as (

    select * from {{ ref('int_service_requests') }}

),

commissioner_successors as (

    select * from {{ ref('int_commissioner_successors') }}

),

rank_records as (

    select
        *,
        row_number() over (
            partition by referral_id
            order by
                reporting_month desc, coalesce(is_pathway_used, false) desc,
                provider_code asc, service_request_id asc, request_key asc
        ) as record_rank
    from service_requests
    where referral_received_date is not null

),

keep_latest as (

    select
        {{ text_hash('referral_id') }} as referral_key,
        * exclude (service_request_id, request_key, first_reporting_month, is_pathway_used, record_rank)
    from rank_records
    where record_rank = 1

),

restate_commissioners as (

    select
        keep_latest.* exclude (commissioner_code),
        coalesce(commissioner_successors.successor_commissioner_code, keep_latest.commissioner_code)
            as commissioner_code
    from keep_latest
    left join commissioner_successors
        on keep_latest.commissioner_code = commissioner_successors.commissioner_code

)

select * from restate_commissioners
