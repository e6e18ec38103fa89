{# No rows: version 1.5 has no logs of internet-enabled therapy. The columns are those of the other versions. #}
with source as (

    select * from {{ source('mds_v1_5', 'Appointment') }}

),

give_columns as (

    select
        'v1_5' as mds_version,
        cast(null as varchar) as submission_id,
        cast(null as varchar) as service_request_id,
        cast(null as varchar) as therapy_programme,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        false as is_start_date_unreadable,
        false as is_end_date_unreadable,
        cast(null as bigint) as audit_id,
        source_file,
        source_row
    from source
    where false

)

select * from give_columns
