{{ config(materialized='table') }}
{# One row per care contact that the records layer keeps: its key, whose and of which day it is, and its file. #}
with care_contacts as (

    {{ kept_records('care_contacts') }}

),

select_columns as (

    select
        care_contact_key,
        provider_code,
        reporting_month,
        service_request_key,
        contact_date,
        mds_version,
        source_file
    from care_contacts

)

select * from select_columns
