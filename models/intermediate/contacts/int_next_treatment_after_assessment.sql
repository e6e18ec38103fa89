{#
    One row per referral with a treatment contact after the day of its first assessment: the first such day.
    Source of the rule: report Table 6, Model 5, 'waiting time between assessment and next treatment session'.
#}
with sessions as (

    select * from {{ ref('int_sessions') }}

),

contact_counts as (

    select * from {{ ref('int_referral_contact_counts') }}

),

find_next_treatment as (

    select
        sessions.referral_key,
        min(sessions.contact_date) as next_treatment_date
    from sessions
    inner join contact_counts
        on
            sessions.referral_key = contact_counts.referral_key
            and sessions.contact_date > contact_counts.first_assessment_date
    where sessions.is_treatment
    group by sessions.referral_key

)

select * from find_next_treatment
