{# No rows: version 1.5 records every score in an appointment. The columns are those of the other versions. #}
with source as (

    select * from {{ source('mds_v1_5', 'Appointment') }}

),

give_columns as (

    select
        'v1_5' as mds_version,
        cast(null as varchar) as submission_id,
        cast(null as varchar) as service_request_id,
        cast(null as varchar) as tool_code,
        cast(null as decimal(9, 4)) as score,
        cast(null as date) as score_date,
        cast(null as time) as score_time,
        false as is_score_date_unreadable,
        cast(null as varchar) as score_text,
        cast(null as bigint) as audit_id,
        source_file,
        source_row
    from source
    where false

)

select * from give_columns
