{# One row per provider: referrals in accepted submissions that no mart can place, for want of a received date. #}
with service_requests as (

    select * from {{ ref('int_service_requests') }}

),

count_referrals as (

    select
        provider_code,
        'IDS101Referral' as source_table,
        'received_date_missing_or_unreadable' as reason,
        count(*) as record_count
    from service_requests
    where referral_received_date is null
    group by provider_code

)

select * from count_referrals
