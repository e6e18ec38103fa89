{{ config(materialized='table') }}
{#
    One row per referral with a presenting complaint: the problem descriptor that counts.
    Source of the rule: M203; of the most recent month, the primary one, then the latest recorded.
#}
with presenting_complaints as (

    {{ union_versions('presenting_complaints') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

choose_descriptor as (

    select
        periods.referral_key,
        max_by(
            presenting_complaints.problem_code,
            (
                accepted_submissions.reporting_month,
                coalesce(presenting_complaints.coding_significance_code = '1', false),
                coalesce(presenting_complaints.recorded_date, date '0001-01-01'),
                presenting_complaints.problem_code
            )
        ) as problem_code
    from presenting_complaints
    inner join accepted_submissions
        on presenting_complaints.submission_id = accepted_submissions.submission_id
    inner join periods
        on
            hash(accepted_submissions.provider_code, presenting_complaints.service_request_id)
            = periods.service_request_key
    where presenting_complaints.problem_code is not null
    group by periods.referral_key

)

select * from choose_descriptor
