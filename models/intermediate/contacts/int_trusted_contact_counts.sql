{#
    One row per referral: its counts and dates of contacts as the marts show them, derived by us or as supplied with the
    extract. Source of the rule: docs/rules.md, 27; variable trusted_outcomes. In a record that carries supplied fields
    an empty one is an answer.
#}
with contact_counts as (

    select * from {{ ref('int_referral_contact_counts') }}

),

supplied as (

    select * from {{ ref('int_supplied_outcomes') }}
    where is_plausible and {{ trusts_supplied() }}

),

choose_counts as (

    select
        contact_counts.referral_key,
        if(supplied.referral_key is null, contact_counts.care_contact_count, supplied.care_contact_count)
            as care_contact_count,
        if(supplied.referral_key is null, contact_counts.treatment_contact_count, supplied.treatment_contact_count)
            as treatment_contact_count,
        contact_counts.offered_contact_count,
        contact_counts.attended_contact_count,
        if(supplied.referral_key is null, contact_counts.first_assessment_date, supplied.first_assessment_date)
            as first_assessment_date,
        if(supplied.referral_key is null, contact_counts.first_treatment_date, supplied.first_treatment_date)
            as first_treatment_date,
        if(supplied.referral_key is null, contact_counts.second_treatment_date, supplied.second_treatment_date)
            as second_treatment_date,
        if(supplied.referral_key is null, contact_counts.last_treatment_date, supplied.last_treatment_date)
            as last_treatment_date
    from contact_counts
    left join supplied
        on contact_counts.referral_key = supplied.referral_key

)

select * from choose_counts
