{# One row per referral: did the person access the service. Source of the rule: report 3.4.1, one treatment session. #}
with referrals as (

    select * from {{ ref('int_referrals_with_contacts') }}

),

mark_accessed as (

    select
        *,
        treatment_contact_count >= {{ rule_value('access_minimum_treatment_contacts') }} as is_accessed
    from referrals

)

select * from mark_accessed
