{#
    One row per care contact that lies between the receipt of its referral and the discharge.
    Source of the rule: docs/rules.md, 4 (care contact: within referral received to discharge).
#}
with care_contacts as (

    select * from {{ ref('int_records_care_contacts') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

keep_within_referral as (

    select
        care_contacts.*,
        periods.referral_key
    from care_contacts
    inner join periods
        on
            care_contacts.service_request_key = periods.service_request_key
            and care_contacts.contact_date between periods.referral_received_date and periods.period_end_date
            and care_contacts.reporting_month = coalesce(periods.held_month, care_contacts.reporting_month)

)

select * from keep_within_referral
