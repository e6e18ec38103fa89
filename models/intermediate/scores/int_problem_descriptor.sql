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

coding_significance_codes as (

    select * from {{ ref('coding_significance_codes') }}

),

choose_descriptor as (

    select
        periods.referral_key,
        max_by(
            presenting_complaints.problem_code,
            (
                accepted_submissions.reporting_month,
                coalesce(coding_significance_codes.is_primary, false),
                coalesce(presenting_complaints.recorded_date, date '0001-01-01'),
                presenting_complaints.problem_code
            )
        ) as problem_code
    from presenting_complaints
    inner join accepted_submissions
        on presenting_complaints.submission_id = accepted_submissions.submission_id
    inner join periods
        on
            {{ text_hash('presenting_complaints.service_request_id', 'accepted_submissions.provider_code') }}
            = periods.service_request_key
    left join coding_significance_codes
        on presenting_complaints.coding_significance_code = coding_significance_codes.coding_significance_code
    where presenting_complaints.problem_code is not null
    group by periods.referral_key

)

select * from choose_descriptor
