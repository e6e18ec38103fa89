{#
    One row per referral with a recorded employment status: the status at referral.
    Source of the rule: the last status recorded on or before the day of receipt, else the first one after it; null
    where that record does not state one.
#}
with employment_statuses as (

    {{ union_versions('employment_statuses') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

employment_status_codes as (

    select * from {{ ref('employment_status_codes') }}

),

drop_repeats as (

    select
        {{ provider_key('accepted_submissions.provider_code', 'employment_statuses.patient_key') }} as patient_key,
        coalesce(employment_statuses.employment_status_code, '') as employment_status_code,
        employment_statuses.recorded_date,
        max(accepted_submissions.reporting_month) as latest_month
    from employment_statuses
    inner join accepted_submissions
        on employment_statuses.submission_id = accepted_submissions.submission_id
    where employment_statuses.recorded_date is not null
    group by all

),

choose_status as (

    select
        referrals.referral_key,
        min_by(
            drop_repeats.employment_status_code,
            (
                drop_repeats.recorded_date > referrals.referral_received_date,
                abs(drop_repeats.recorded_date - referrals.referral_received_date),
                -epoch(drop_repeats.latest_month),
                drop_repeats.employment_status_code
            )
        ) as employment_status_code
    from referrals
    inner join drop_repeats
        on referrals.patient_key = drop_repeats.patient_key
    group by referrals.referral_key

),

label_status as (

    select
        choose_status.referral_key,
        employment_status_codes.employment_status
    from choose_status
    left join employment_status_codes
        on choose_status.employment_status_code = employment_status_codes.employment_status_code

)

select * from label_status
