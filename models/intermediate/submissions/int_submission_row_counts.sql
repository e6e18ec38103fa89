{{ config(materialized='table') }}
{#
    One row per submission with any row: how many rows of patients, referrals and contacts its latest load holds, in any
    state, and how many of them are contacts.
#}
with people_v1_5 as (

    select * from {{ ref('stg_v1_5__people') }}

),

people_v2 as (

    select * from {{ ref('stg_v2__people') }}

),

referrals_v1_5 as (

    select * from {{ ref('stg_v1_5__referrals') }}

),

referrals_v2 as (

    select * from {{ ref('stg_v2__referrals') }}

),

care_contacts_v1_5 as (

    select * from {{ ref('stg_v1_5__care_contacts') }}

),

care_contacts_v2 as (

    select * from {{ ref('stg_v2__care_contacts') }}

),

loads as (

    select * from {{ ref('int_submission_loads') }}

),

unite_rows as (

    select
        mds_version,
        submission_id,
        'people' as entity,
        audit_id
    from people_v1_5
    union all
    select
        mds_version,
        submission_id,
        'people' as entity,
        audit_id
    from people_v2
    union all
    select
        mds_version,
        submission_id,
        'referrals' as entity,
        audit_id
    from referrals_v1_5
    union all
    select
        mds_version,
        submission_id,
        'referrals' as entity,
        audit_id
    from referrals_v2
    union all
    select
        mds_version,
        submission_id,
        'care_contacts' as entity,
        audit_id
    from care_contacts_v1_5
    union all
    select
        mds_version,
        submission_id,
        'care_contacts' as entity,
        audit_id
    from care_contacts_v2

),

count_rows as (

    select
        unite_rows.mds_version,
        unite_rows.submission_id,
        count(*) as row_count,
        count(*) filter (where unite_rows.entity = 'care_contacts') as contact_count
    from unite_rows
    left join loads
        on
            unite_rows.mds_version = loads.mds_version
            and unite_rows.submission_id = loads.submission_id
            and unite_rows.entity = loads.entity
    where
        unite_rows.submission_id is not null
        and coalesce(unite_rows.audit_id >= loads.latest_audit_id, true)
    group by unite_rows.mds_version, unite_rows.submission_id

)

select * from count_rows
