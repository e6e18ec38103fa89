{{ config(materialized='table') }}
{#
    One row per person, referral and received date: the age at referral.
    Source of the rule: version 1.5 has no birth date (inferred): the age at the start of the first month sent, which is
    the month of receipt unless the data begin later, less the whole years since the receipt.
#}
with referrals as (

    select * from {{ source('mds_v1_5', 'Referral') }}

),

files as (

    select * from {{ ref('base_v1_5__files') }}

),

find_ages as (

    select
        {{ v1_5_request_key('referrals') }} as request_key,
        min_by(files.age_at_month_start, files.reporting_month)
        - greatest(datesub('year', any_value(referrals.refrecdate), min(files.reporting_month)), 0) as age_at_referral
    from referrals
    inner join files
        on {{ text_hash('referrals.iapt_record_number') }} = files.record_key
    where files.reporting_month is not null and files.age_at_month_start is not null
    group by request_key

)

select * from find_ages
