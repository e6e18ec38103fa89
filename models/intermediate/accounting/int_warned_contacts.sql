{#
    One row per warning about a record of a care contact or of a score; the record is kept.
    Source of the rules: seed validation_rules, severity warn.
#}
with care_contacts as (

    select * from {{ ref('int_records_care_contacts') }}

),

activity_scores as (

    select * from {{ ref('int_records_activity_scores') }}

),

referral_scores as (

    select * from {{ ref('int_records_referral_scores') }}

),

attendance_codes as (

    select * from {{ ref('attendance_codes') }}

),

language_codes as (

    select * from {{ ref('language_codes') }}

),

interpreter_codes as (

    select * from {{ ref('interpreter_codes') }}

),

tools as (

    select * from {{ ref('known_assessment_tools') }}

),

find_simultaneous as (

    select
        care_contacts.*,
        count(*) over (
            partition by
                care_contacts.service_request_key,
                care_contacts.reporting_month,
                care_contacts.contact_date,
                care_contacts.contact_time
        ) as simultaneous_count
    from care_contacts
    inner join attendance_codes
        on care_contacts.attendance_code = attendance_codes.attendance_code
    where attendance_codes.is_attended and care_contacts.contact_time is not null

),

warn_of_rows as (

    select
        'care_contacts' as entity,
        'contact_time_twice' as rule,
        mds_version,
        provider_code,
        reporting_month
    from find_simultaneous
    where simultaneous_count > 1
    union all
    select
        'care_contacts' as entity,
        'treatment_language_code_not_in_list' as rule,
        mds_version,
        provider_code,
        reporting_month
    from care_contacts
    where treatment_language_code not in (select language_codes.language_code from language_codes)
    union all
    select
        'care_contacts' as entity,
        'interpreter_code_not_in_list' as rule,
        mds_version,
        provider_code,
        reporting_month
    from care_contacts
    where interpreter_code not in (select interpreter_codes.interpreter_code from interpreter_codes)
    union all
    select
        'activity_scores' as entity,
        'score_text_outside_range' as rule,
        activity_scores.mds_version,
        activity_scores.provider_code,
        activity_scores.reporting_month
    from activity_scores
    inner join tools
        on activity_scores.tool_code = tools.tool_code
    where activity_scores.score not between tools.minimum_score and tools.maximum_score
    union all
    select
        'referral_scores' as entity,
        'score_text_outside_range' as rule,
        referral_scores.mds_version,
        referral_scores.provider_code,
        referral_scores.reporting_month
    from referral_scores
    inner join tools
        on referral_scores.tool_code = tools.tool_code
    where referral_scores.score not between tools.minimum_score and tools.maximum_score

)

select * from warn_of_rows
