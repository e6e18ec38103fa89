{# One row per provider and reason: care contacts in accepted submissions that do not count (docs/rules.md, 4). #}
with care_contacts as (

    {{ union_versions('care_contacts') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

give_reasons as (

    select
        accepted_submissions.provider_code,
        case
            when periods.referral_key is null then 'no_such_referral'
            when care_contacts.contact_date is null then 'date_missing_or_unreadable'
            when care_contacts.contact_date < periods.referral_received_date then 'before_referral_received'
            when care_contacts.contact_date > periods.period_end_date then 'after_discharge'
        end as reason
    from care_contacts
    inner join accepted_submissions
        on care_contacts.submission_id = accepted_submissions.submission_id
    left join periods
        on
            {{ text_hash('care_contacts.service_request_id', 'accepted_submissions.provider_code') }}
            = periods.service_request_key

),

count_contacts as (

    select
        provider_code,
        'IDS201CareContact' as source_table,
        reason,
        count(*) as record_count
    from give_reasons
    where reason is not null
    group by provider_code, reason

)

select * from count_contacts
