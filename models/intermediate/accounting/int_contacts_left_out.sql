{# One row per provider and reason: care contacts in accepted submissions that do not count (docs/rules.md, 4). #}
with care_contacts as (

    select * from {{ ref('int_records_care_contacts') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

give_reasons as (

    select
        care_contacts.provider_code,
        case
            when periods.referral_key is null then 'no_such_referral'
            when care_contacts.contact_date < periods.referral_received_date then 'before_referral_received'
            when care_contacts.contact_date > periods.period_end_date then 'after_discharge'
        end as reason
    from care_contacts
    left join periods
        on
            care_contacts.service_request_key = periods.service_request_key
            and coalesce(periods.held_month, care_contacts.reporting_month) = care_contacts.reporting_month

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
