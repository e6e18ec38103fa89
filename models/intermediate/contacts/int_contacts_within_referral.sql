{#
    One row per care contact that lies between the receipt of its referral and the discharge.
    Source of the rule: docs/rules.md, 4 (care contact: within referral received to discharge).
#}
with care_contacts as (

    {{ union_versions('care_contacts') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

keep_within_referral as (

    select
        care_contacts.*,
        periods.referral_key
    from care_contacts
    inner join accepted_submissions
        on care_contacts.submission_id = accepted_submissions.submission_id
    inner join periods
        on
            {{ text_hash('care_contacts.service_request_id', 'accepted_submissions.provider_code') }}
            = periods.service_request_key
            and care_contacts.contact_date
            between periods.referral_received_date and periods.period_end_date

)

select * from keep_within_referral
