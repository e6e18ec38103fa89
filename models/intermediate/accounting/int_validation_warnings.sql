{# One row per version, entity, rule, provider and month: how many records are kept and deserve a look. #}
with warned_people as (

    select * from {{ ref('int_warned_people') }}

),

warned_referrals as (

    select * from {{ ref('int_warned_referrals') }}

),

warned_contacts as (

    select * from {{ ref('int_warned_contacts') }}

),

unite_warnings as (

    select * from warned_people
    union all
    select * from warned_referrals
    union all
    select * from warned_contacts

),

count_records as (

    select
        mds_version,
        entity,
        rule,
        provider_code,
        reporting_month,
        count(*) as record_count
    from unite_warnings
    group by mds_version, entity, rule, provider_code, reporting_month

)

select * from count_records
