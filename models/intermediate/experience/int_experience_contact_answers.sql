{#
    One row per answer recorded in an activity of a contact within its referral; dated by the contact (IDS607). An answer
    counts whether or not the contact was attended: it says what the person thought, not what took place there.
#}
with activity_scores as (

    select * from {{ ref('int_records_activity_scores') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

experience_questions as (

    select * from {{ ref('experience_questions') }}

),

date_answers as (

    select
        activity_scores.mds_version,
        'activity_scores' as entity,
        activity_scores.provider_code,
        contacts.referral_key,
        experience_questions.question_code,
        activity_scores.answer_code,
        contacts.contact_date as answer_date
    from activity_scores
    inner join experience_questions
        on activity_scores.tool_code = experience_questions.question_code
    inner join contacts
        on activity_scores.care_contact_key = contacts.care_contact_key

)

select * from date_answers
