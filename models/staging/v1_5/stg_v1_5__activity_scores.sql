{#
    One row per score in an appointment. Source of the rule: the score columns of Appointment, read as assessment tools
    by the seed score_columns.
#}
with source as (

    select * from {{ source('mds_v1_5', 'Appointment') }}

),

files as (

    select * from {{ ref('base_v1_5__files') }}

),

score_columns as (

    select * from {{ ref('score_columns') }}

),

list_scores as (

    unpivot source
    on {{ v1_5_score_columns() | join(', ') }}
    into name score_column value score_text

),

read_scores as (

    select
        'v1_5' as mds_version,
        files.submission_id,
        {{ row_hash(v1_5_appointment_key('files.submission_id', 'list_scores'), 0) }} as care_activity_key,
        score_columns.tool_code,
        try_cast(trim(list_scores.score_text) as decimal(9, 4)) as score,
        trim(list_scores.score_text) as score_text,
        list_scores.auditid as audit_id,
        list_scores.source_file,
        list_scores.source_row
    from list_scores
    inner join score_columns
        on lower(list_scores.score_column) = score_columns.score_column
    left join files
        on {{ text_hash('list_scores.iapt_record_number') }} = files.record_key
    where trim(list_scores.score_text) <> ''

)

select * from read_scores
