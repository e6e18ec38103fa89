{{ config(tags=['quality']) }}
{# One row per disability of a person and submission. Source of the rule: Disability. #}
with source as (

    select * from {{ source('mds_v1_5', 'Disability') }}

),

files as (

    select * from {{ ref('base_v1_5__files') }}

),

rename_columns as (

    select
        'v1_5' as mds_version,
        files.submission_id,
        {{ local_key('source.iapt_person_id', "'v1_5'") }} as patient_key,
        {{ clean_padded_code('source.disability') }} as disability_code,
        source.auditid as audit_id,
        source.source_file,
        source.source_row
    from source
    left join files
        on {{ text_hash('source.iapt_record_number') }} = files.record_key

)

select * from rename_columns
