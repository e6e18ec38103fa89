{#
    One row per provider and reason: referrals that no mart can place, for want of a received date or of a header that
    says whose submission they came in.
#}
with service_requests as (

    select * from {{ ref('int_service_requests') }}

),

referrals as (

    {{ union_versions('referrals') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

count_undated as (

    select
        provider_code,
        'received_date_missing_or_unreadable' as reason,
        count(*) as record_count
    from service_requests
    where referral_received_date is null
    group by provider_code

),

count_without_header as (

    select
        '{{ var("unknown_area_code") }}' as provider_code,
        'submission_without_header' as reason,
        count(*) as record_count
    from referrals
    left join submissions
        on referrals.submission_id = submissions.submission_id
    where submissions.submission_id is null
    having count(*) > 0

),

unite_reasons as (

    select * from count_undated
    union all
    select * from count_without_header

),

name_table as (

    select
        provider_code,
        'IDS101Referral' as source_table,
        reason,
        record_count
    from unite_reasons

)

select * from name_table
