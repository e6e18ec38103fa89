{# One row per care activity and submission. Source of the rule: IDS202. #}
with source as (

    select * from {{ source('mds_v2', 'IDS202CareActivity') }}

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        {{ local_key('careactid', 'mds_version, uniquesubmissionid') }} as care_activity_key,
        {{ local_key('carecontactid', 'mds_version, uniquesubmissionid') }} as care_contact_key,
        {{ clean_code('codeprocandprocstatus') }} as procedure_code,
        auditid as audit_id,
        source_file,
        source_row
    from source

)

select * from rename_columns
