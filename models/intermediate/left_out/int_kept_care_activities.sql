{{ config(materialized='table') }}
{# One row per care activity of a kept care contact: its key, and the file that it came in. #}
with care_activities as (

    {{ kept_records('care_activities') }}

),

care_contacts as (

    select * from {{ ref('int_kept_care_contacts') }}

),

keep_children as (

    select
        care_activities.care_activity_key,
        care_activities.mds_version,
        care_activities.source_file
    from care_activities
    semi join care_contacts
        on care_activities.care_contact_key = care_contacts.care_contact_key

)

select * from keep_children
