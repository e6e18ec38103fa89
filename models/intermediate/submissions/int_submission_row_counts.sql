{# One row per submission with any row: how many rows of patients, referrals and contacts it holds, in any state. #}
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

unite_rows as (

    select
        mds_version,
        submission_id
    from people_v1_5
    union all
    select
        mds_version,
        submission_id
    from people_v2
    union all
    select
        mds_version,
        submission_id
    from referrals_v1_5
    union all
    select
        mds_version,
        submission_id
    from referrals_v2
    union all
    select
        mds_version,
        submission_id
    from care_contacts_v1_5
    union all
    select
        mds_version,
        submission_id
    from care_contacts_v2

),

count_rows as (

    select
        mds_version,
        submission_id,
        count(*) as row_count
    from unite_rows
    where submission_id is not null
    group by mds_version, submission_id

)

select * from count_rows
