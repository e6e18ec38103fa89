{#
    One row per episode: the waits in days, and what they go by.
    Source of the rule: report Table 6, Model 5; from referral to first assessment, and from there to the next
    treatment session, which is on a later day. Where no assessment was attended before the first treatment, that session
    was the first to see the person, and the waits go by it (docs/rules.md, 19); the dates as the marts show them.
#}
with episodes as (

    select * from {{ ref('int_episode_scores') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

contact_counts as (

    select * from {{ ref('int_trusted_contact_counts') }}

),

measure_waits as (

    select
        episodes.referral_key,
        contact_counts.assessed_date - referrals.referral_received_date as days_referral_to_assessment,
        contact_counts.next_treatment_date - contact_counts.assessed_date as days_assessment_to_next_treatment,
        case
            when contact_counts.assessed_date is null then 'nothing'
            when contact_counts.first_assessment_date = contact_counts.assessed_date then 'assessment'
            when contact_counts.first_assessment_date is null then 'treatment_without_assessment'
            else 'treatment_before_assessment'
        end as wait_basis
    from episodes
    inner join referrals
        on episodes.referral_key = referrals.referral_key
    inner join contact_counts
        on episodes.referral_key = contact_counts.referral_key

)

select * from measure_waits
