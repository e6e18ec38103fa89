{{ config(materialized='table') }}
{# One row per version, entity and file: the rows that no rule refuses, which the marts read as records. #}
with headers as (

    select * from {{ ref('int_submissions') }}

),

questionnaire_rows as (

    select * from {{ ref('int_questionnaire_rows') }}

),

unite_kept as (

    {%- for entity in checked_entities() %}
    select
        mds_version,
        '{{ entity }}' as entity,
        source_file
    from {{ ref('int_records_' ~ entity) }}
    union all
    {%- endfor %}
    select
        mds_version,
        'submissions' as entity,
        source_file
    from headers
    where is_accepted
    union all
    select
        mds_version,
        entity,
        source_file
    from questionnaire_rows
    where is_accepted

),

count_rows as (

    select
        mds_version,
        entity,
        source_file,
        count(*) as row_count
    from unite_kept
    group by mds_version, entity, source_file

)

select * from count_rows
