{#
    One row per answer of version 1.5, which ties it to a person of the provider, with the referral that it is about.
    Source of the rule: ours, since the data set does not say. Of the person's referrals received by the day of the answer
    (by the end of the reporting month, where it has none) the one with a contact on that day, then one not ended by
    then, then the latest received. A person without such a referral leaves the answer without one.
#}
with answers as (

    select * from {{ ref('stg_v1_5__experience_answers') }}

),

accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}

),

keep_accepted as (

    select
        answers.mds_version,
        answers.entity,
        accepted_submissions.provider_code,
        {{ provider_key('accepted_submissions.provider_code', 'answers.patient_key') }} as patient_key,
        answers.question_code,
        answers.answer_code,
        coalesce(answers.answer_date, last_day(accepted_submissions.reporting_month)) as answer_date,
        answers.source_file,
        answers.source_row
    from answers
    inner join accepted_submissions
        on
            answers.submission_id = accepted_submissions.submission_id
            and answers.mds_version = accepted_submissions.mds_version

),

list_days as (

    select distinct
        patient_key,
        answer_date
    from keep_accepted

),

find_referrals as (

    select
        list_days.patient_key,
        list_days.answer_date,
        periods.referral_key
    from list_days
    inner join periods
        on
            list_days.patient_key = periods.patient_key
            and list_days.answer_date >= periods.referral_received_date
    left join contacts
        on
            periods.referral_key = contacts.referral_key
            and list_days.answer_date = contacts.contact_date
    qualify
        row_number() over (
            partition by list_days.patient_key, list_days.answer_date
            order by
                contacts.referral_key is not null desc,
                list_days.answer_date <= periods.period_end_date desc,
                periods.referral_received_date desc,
                periods.referral_key asc
        ) = 1

),

name_referrals as (

    select
        keep_accepted.mds_version,
        keep_accepted.entity,
        keep_accepted.provider_code,
        find_referrals.referral_key,
        keep_accepted.question_code,
        keep_accepted.answer_code,
        keep_accepted.answer_date
    from keep_accepted
    left join find_referrals
        on
            keep_accepted.patient_key = find_referrals.patient_key
            and keep_accepted.answer_date = find_referrals.answer_date

)

select * from name_referrals
