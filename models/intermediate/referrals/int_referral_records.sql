{# One row per referral and accepted submission, with the keys under which the rest of the data refers to it. #}
with referrals as (

    {{ union_versions('referrals') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

add_keys as (

    select
        referrals.* exclude (patient_key),
        accepted_submissions.provider_code,
        accepted_submissions.reporting_month,
        {{ provider_key('accepted_submissions.provider_code', 'referrals.patient_key') }} as patient_key,
        {{ text_hash('referrals.service_request_id', 'accepted_submissions.provider_code') }} as service_request_key
    from referrals
    inner join accepted_submissions
        on referrals.submission_id = accepted_submissions.submission_id

)

select * from add_keys
