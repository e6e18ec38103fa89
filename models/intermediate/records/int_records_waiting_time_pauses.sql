{{ config(tags=['quality']) }}
{#
    One row per pause of a referral's waiting time, as sent in an accepted submission of any version. No mart uses it:
    no published measure was found that subtracts pauses (M032 to M055).
#}
with waiting_time_pauses as (

    {{ valid_records('waiting_time_pauses', is_whole=true) }}

),

name_service_requests as (

    select
        * exclude (is_pause_start_date_unreadable, is_pause_end_date_unreadable),
        {{ text_hash('service_request_id', 'provider_code') }} as service_request_key
    from waiting_time_pauses

)

select * from name_service_requests
