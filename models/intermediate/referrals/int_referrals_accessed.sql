{# One row per referral: did the person access the service. Source of the rule: report 3.4.1, one treatment session. #}
with contact_counts as (

    select * from {{ ref('int_trusted_contact_counts') }}

),

mark_accessed as (

    select
        referral_key,
        treatment_contact_count >= {{ rule_value('access_minimum_treatment_contacts') }} as is_accessed
    from contact_counts

)

select * from mark_accessed
