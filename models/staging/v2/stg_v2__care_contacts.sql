{# One row per care contact and submission. Source of the rule: IDS201. #}
with source as (

    select * from {{ source('mds_v2', 'IDS201CareContact') }}

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        {{ local_key('carecontactid', 'mds_version, uniquesubmissionid') }} as care_contact_key,
        servicerequestid as service_request_id,
        {{ clean_short_code('attendordnacode') }} as attendance_code,
        {{ clean_padded_code('apptype') }} as appointment_type_code,
        {{ clean_padded_code('psychmed') }} as psychotropic_medication_code,
        case mds_version
            when 'v2_0' then {{ clean_padded_code('consmediumused') }}
            else {{ clean_padded_code('consmechanism') }}
        end as consultation_mechanism_code,
        coalesce(not plannedcarecontindicator, false) as is_unplanned,
        carecontdate as contact_date,
        careconttime as contact_time,
        carecontdate__unreadable as is_contact_date_unreadable,
        auditid as audit_id,
        source_file,
        source_row
    from source

)

select * from rename_columns
