{# One row per provider, table and reason: records in accepted submissions that the marts leave out. #}
with contacts_left_out as (

    select * from {{ ref('int_contacts_left_out') }}

),

internet_therapy_logs_left_out as (

    select * from {{ ref('int_internet_therapy_logs_left_out') }}

),

scores_left_out as (

    select * from {{ ref('int_scores_left_out') }}

),

experience_answers_left_out as (

    select * from {{ ref('int_experience_answers_left_out') }}

),

unite_reasons as (

    select * from contacts_left_out
    union all by name
    select * from internet_therapy_logs_left_out
    union all by name
    select * from scores_left_out
    union all by name
    select * from experience_answers_left_out

),

select_columns as (

    select
        provider_code,
        source_table,
        reason,
        record_count
    from unite_reasons

)

select * from select_columns
