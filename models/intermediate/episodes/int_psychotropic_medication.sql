{#
    One row per referral with a recorded answer: psychotropic medication at the first contact that says.
    Source of the rule: report Table 6, Model 3 (baseline); the first valid code by date of contact.
#}
with contacts as (

    select * from {{ ref('int_contacts') }}

),

medication_codes as (

    select * from {{ ref('psychotropic_medication_codes') }}

),

take_first as (

    select
        contacts.referral_key,
        min_by(
            medication_codes.psychotropic_medication,
            (
                contacts.contact_date,
                coalesce(contacts.contact_time, time '00:00:00'),
                contacts.psychotropic_medication_code
            )
        ) as psychotropic_medication
    from contacts
    inner join medication_codes
        on contacts.psychotropic_medication_code = medication_codes.psychotropic_medication_code
    group by contacts.referral_key

)

select * from take_first
