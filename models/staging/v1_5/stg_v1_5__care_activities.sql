{#
    One row per appointment (position 0, which its scores hang on) and per therapy type named in it (positions 1 to 4).
    Source of the rule: Appointment, THERTYPE1 to 4; two-digit codes read as procedures by the seed therapy_types.
#}
with source as (

    select * from {{ source('mds_v1_5', 'Appointment') }}

),

files as (

    select * from {{ ref('base_v1_5__files') }}

),

therapy_types as (

    select * from {{ ref('therapy_types') }}

),

list_positions as (

    select
        files.submission_id,
        {{ v1_5_appointment_key('files.submission_id', 'source') }} as care_contact_key,
        unnest([0, 1, 2, 3, 4]) as therapy_number,
        unnest([null, source.thertype1, source.thertype2, source.thertype3, source.thertype4]) as therapy_type_code,
        source.auditid,
        source.source_file,
        source.source_row
    from source
    left join files
        on {{ text_hash('source.iapt_record_number') }} = files.record_key

),

read_procedures as (

    select
        'v1_5' as mds_version,
        list_positions.submission_id,
        {{ row_hash('list_positions.care_contact_key', 'list_positions.therapy_number') }} as care_activity_key,
        list_positions.care_contact_key,
        therapy_types.procedure_code,
        list_positions.auditid as audit_id,
        list_positions.source_file,
        list_positions.source_row
    from list_positions
    left join therapy_types
        on {{ clean_padded_code('list_positions.therapy_type_code') }} = therapy_types.therapy_type_code
    where list_positions.therapy_number = 0 or {{ clean_code('list_positions.therapy_type_code') }} is not null

)

select * from read_procedures
