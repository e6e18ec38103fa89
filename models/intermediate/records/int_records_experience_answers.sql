{# One row per answer to a patient experience questionnaire, as sent in a used submission of any version. #}
with answers_v1_5 as (

    select * from {{ ref('stg_v1_5__experience_answers') }}

),

answers_v2 as (

    select * from {{ ref('stg_v2__experience_answers') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

unite_versions as (

    select * from answers_v1_5
    union all
    select * from answers_v2

),

keep_accepted as (

    select
        unite_versions.mds_version,
        accepted_submissions.provider_code,
        accepted_submissions.reporting_month,
        {{ provider_key('accepted_submissions.provider_code', 'unite_versions.patient_key') }} as patient_key,
        {{ service_request_key('accepted_submissions.provider_code', 'unite_versions.service_request_id') }}
            as service_request_key,
        unite_versions.care_activity_key,
        unite_versions.question_code,
        unite_versions.answer_code,
        unite_versions.answer_date,
        unite_versions.source_file,
        unite_versions.source_row
    from unite_versions
    inner join accepted_submissions
        on
            unite_versions.submission_id = accepted_submissions.submission_id
            and unite_versions.mds_version = accepted_submissions.mds_version

)

select * from keep_accepted
