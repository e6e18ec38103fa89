{{ config(tags=['quality']) }}
{# One row per disability of a patient and submission. Source of the rule: IDS007. #}
with source as (

    select * from {{ source('mds_v2', 'IDS007DisabilityType') }}

),

rename_columns as (

    select
        mds_version,
        uniquesubmissionid as submission_id,
        {{ local_key('localpatientid') }} as patient_key,
        {{ clean_padded_code('disabcode') }} as disability_code,
        auditid as audit_id,
        source_file,
        source_row
    from source

)

select * from rename_columns
