{#
    One row per episode with a recorded answer: psychotropic medication at the first contact that says.
    Source of the rule: report Table 6, Model 3 (baseline); the first valid code by date of contact.
#}
with contacts as (

    select * from {{ ref('int_contacts') }}

),

courses as (

    select * from {{ ref('int_courses_of_treatment') }}

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
    inner join courses
        on contacts.referral_key = courses.referral_key
    inner join medication_codes
        on contacts.psychotropic_medication_code = medication_codes.psychotropic_medication_code
    where courses.is_finished_course
    group by contacts.referral_key

)

select * from take_first
