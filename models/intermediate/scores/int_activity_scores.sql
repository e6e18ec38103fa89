{# One row per score recorded in an activity of a contact within its referral; dated by the contact (IDS607). #}
with activity_scores as (

    select * from {{ ref('int_records_activity_scores') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

assessment_tools as (

    select * from {{ ref('assessment_tools') }}

),

date_scores as (

    select
        contacts.referral_key,
        assessment_tools.measure,
        activity_scores.score,
        contacts.contact_date as score_date,
        contacts.contact_time as score_time,
        contacts.is_attended_or_unplanned as is_contact_attended
    from activity_scores
    inner join assessment_tools
        on activity_scores.tool_code = assessment_tools.tool_code and assessment_tools.measure_role <> 'not_used'
    inner join contacts
        on activity_scores.care_contact_key = contacts.care_contact_key

)

select * from date_scores
