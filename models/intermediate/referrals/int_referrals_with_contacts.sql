{# One row per referral, with its contact counts; no contact counts as none. #}
with referrals as (

    select * from {{ ref('int_referrals') }}

),

contact_counts as (

    select * from {{ ref('int_referral_contact_counts') }}

),

join_counts as (

    select
        referrals.*,
        contact_counts.first_assessment_date,
        contact_counts.first_treatment_date,
        contact_counts.second_treatment_date,
        contact_counts.last_treatment_date,
        coalesce(contact_counts.care_contact_count, 0) as care_contact_count,
        coalesce(contact_counts.treatment_contact_count, 0) as treatment_contact_count,
        coalesce(contact_counts.offered_contact_count, 0) as offered_contact_count,
        coalesce(contact_counts.attended_contact_count, 0) as attended_contact_count
    from referrals
    left join contact_counts
        on referrals.referral_key = contact_counts.referral_key

)

select * from join_counts
