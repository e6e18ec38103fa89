{{ config(materialized='table') }}
{#
    One row per referral whose patient has a stated area of residence: the area at the time of the referral.
    Source of the rule: docs/rules.md, 31; a patient is sent every month with the area of that month, and moves. The
    first record from the month of receipt on that states an area or its decile counts, else the last one before; of
    several patients of a referral in one month the first area by its code, then the lowest decile (ours).
    Nearly everybody has one area in all records: only the others are looked up month by month. A record of that one
    area without its decile takes the decile of another; a decile without an area is not given to an area of another
    month.
#}
with people as (

    select * from {{ ref('int_records_people') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

list_patients as (

    select
        referral_key,
        patient_key,
        cast(date_trunc('month', referral_received_date) as date) as month_of_receipt
    from periods

),

summarise_patients as (

    select
        patient_key,
        min(lsoa_code) as first_lsoa_code,
        max(lsoa_code) as last_lsoa_code,
        min(imd_decile_supplied) as lowest_decile,
        max(imd_decile_supplied) as highest_decile,
        count(*) as record_count,
        count(lsoa_code) as area_count
    from people
    where lsoa_code is not null or imd_decile_supplied is not null
    group by patient_key

),

summarise_referrals as (

    select
        list_patients.referral_key,
        min(summarise_patients.first_lsoa_code) as first_lsoa_code,
        max(summarise_patients.last_lsoa_code) as last_lsoa_code,
        min(summarise_patients.lowest_decile) as lowest_decile,
        max(summarise_patients.highest_decile) as highest_decile,
        sum(summarise_patients.record_count) as record_count,
        sum(summarise_patients.area_count) as area_count
    from list_patients
    inner join summarise_patients
        on list_patients.patient_key = summarise_patients.patient_key
    group by list_patients.referral_key

),

find_movers as (

    select list_patients.*
    from list_patients
    inner join summarise_referrals
        on list_patients.referral_key = summarise_referrals.referral_key
    where
        summarise_referrals.first_lsoa_code <> summarise_referrals.last_lsoa_code
        or summarise_referrals.lowest_decile <> summarise_referrals.highest_decile
        or summarise_referrals.area_count between 1 and summarise_referrals.record_count - 1

),

rank_records as (

    select
        find_movers.referral_key,
        people.lsoa_code,
        people.imd_decile_supplied,
        row_number() over (
            partition by find_movers.referral_key
            order by
                people.reporting_month < find_movers.month_of_receipt asc,
                abs(people.reporting_month - find_movers.month_of_receipt) asc,
                people.lsoa_code asc nulls last,
                people.imd_decile_supplied asc nulls last
        ) as record_rank
    from find_movers
    inner join people
        on find_movers.patient_key = people.patient_key
    where people.lsoa_code is not null or people.imd_decile_supplied is not null

),

unite_referrals as (

    select
        referral_key,
        lsoa_code,
        imd_decile_supplied
    from rank_records
    where record_rank = 1
    union all
    select
        summarise_referrals.referral_key,
        summarise_referrals.first_lsoa_code as lsoa_code,
        summarise_referrals.lowest_decile as imd_decile_supplied
    from summarise_referrals
    anti join find_movers
        on summarise_referrals.referral_key = find_movers.referral_key

)

select * from unite_referrals
