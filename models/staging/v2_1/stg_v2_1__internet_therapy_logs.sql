{# One row per weekly log of internet-enabled therapy and submission. Source of the rule: IDS205. #}
with source as (

    select * from {{ source('mds_v2_1', 'IDS205InternetTherLog') }}

),

rename_columns as (

    select
        uniquesubmissionid as submission_id,
        servicerequestid as service_request_id,
        {{ clean_code('intenabledtherprog') }} as therapy_programme,
        startdateintenabledtherlog as start_date,
        enddateintenabledtherlog as end_date
    from source

)

select * from rename_columns
