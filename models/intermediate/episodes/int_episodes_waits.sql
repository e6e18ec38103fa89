{#
    One row per episode: the waits in days.
    Source of the rule: report Table 6, Model 5; from referral to first assessment, and from there to the next
    treatment session, which is on a later day.
#}
with episodes as (

    select * from {{ ref('int_episodes_attendance') }}

),

next_treatments as (

    select * from {{ ref('int_next_treatment_after_assessment') }}

),

measure_waits as (

    select
        episodes.*,
        episodes.first_assessment_date - episodes.referral_received_date as days_referral_to_assessment,
        next_treatments.next_treatment_date - episodes.first_assessment_date as days_assessment_to_next_treatment
    from episodes
    left join next_treatments
        on episodes.referral_key = next_treatments.referral_key

)

select * from measure_waits
