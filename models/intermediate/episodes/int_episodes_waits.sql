{#
    One row per episode: the waits in days.
    Source of the rule: report Table 6, Model 5; from referral to first assessment, and from there to the next
    treatment session, which is on a later day; the dates as the marts show them (variable trusted_outcomes).
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
        contact_counts.first_assessment_date - referrals.referral_received_date as days_referral_to_assessment,
        contact_counts.next_treatment_date - contact_counts.first_assessment_date as days_assessment_to_next_treatment
    from episodes
    inner join referrals
        on episodes.referral_key = referrals.referral_key
    inner join contact_counts
        on episodes.referral_key = contact_counts.referral_key

)

select * from measure_waits
