{# One row per referral with centrally derived fields, as sent in an accepted submission of any version. #}
with supplied_outcomes as (

    {{ union_versions('supplied_outcomes') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

keep_accepted as (

    select
        supplied_outcomes.*,
        accepted_submissions.provider_code,
        accepted_submissions.reporting_month,
        hash(
            {{ text_hash('supplied_outcomes.service_request_id', 'accepted_submissions.provider_code') }},
            {{ provider_key('accepted_submissions.provider_code', 'supplied_outcomes.patient_key') }}
        ) as request_key
    from supplied_outcomes
    inner join accepted_submissions
        on
            supplied_outcomes.submission_id = accepted_submissions.submission_id
            and supplied_outcomes.mds_version = accepted_submissions.mds_version

),

drop_local_keys as (

    select * exclude (service_request_id, patient_key)
    from keep_accepted

)

select * from drop_local_keys
