{# One row per answer to a patient experience questionnaire, as sent in an accepted submission of any version. #}
with experience_answers as (

    {{ union_versions('experience_answers') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

keep_accepted as (

    select
        experience_answers.* exclude (patient_key),
        accepted_submissions.provider_code,
        accepted_submissions.reporting_month,
        {{ provider_key('accepted_submissions.provider_code', 'experience_answers.patient_key') }} as patient_key,
        if(
            experience_answers.service_request_id is null,
            null,
            {{ text_hash('experience_answers.service_request_id', 'accepted_submissions.provider_code') }}
        ) as service_request_key
    from experience_answers
    inner join accepted_submissions
        on
            experience_answers.submission_id = accepted_submissions.submission_id
            and experience_answers.mds_version = accepted_submissions.mds_version

)

select * from keep_accepted
