{{
    config(
        enabled=keeps_records(), pre_hook="{{ forget_changed_files() }}",
        materialized='incremental', incremental_strategy='append', on_schema_change='sync_all_columns',
    )
}}
{#
    One row per version, submission (blank: none is named) and input file with rows of it. Only files that are new or
    have changed, or of which no submission is kept, are opened.
#}
with file_fingerprints as (

    select * from {{ ref('stg_input_files__fingerprints') }}

),

find_submissions as (

    {%- for entity in kept_entities() %}
    {%- for staging in ['stg_v1_5__', 'stg_v2__'] %}
    select
        mds_version,
        coalesce(submission_id, '') as submission_id,
        source_file
    from {{ ref(staging ~ entity) }}
    where source_file in {{ literal_list(changed_files()) }}
    {{- ' union' if not loop.last }}
    {%- endfor %}
    {{- ' union' if not loop.last }}
    {%- endfor %}

),

add_fingerprints as (

    select
        find_submissions.mds_version,
        find_submissions.submission_id,
        find_submissions.source_file,
        file_fingerprints.fingerprint
    from find_submissions
    inner join file_fingerprints
        on find_submissions.source_file = file_fingerprints.source_file

)

select * from add_fingerprints
