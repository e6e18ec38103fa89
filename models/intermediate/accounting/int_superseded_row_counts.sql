{{ config(materialized='table') }}
{#
    One row per version, entity and file: the rows of submissions that a later or a whole file has replaced, and those of
    an earlier load of a submission.
#}
with submissions as (

    select * from {{ ref('int_submissions') }}
    where not is_accepted or latest_audit_ids is not null

),

questionnaire_rows as (

    select * from {{ ref('int_questionnaire_rows') }}

),

unite_superseded as (

    {%- for entity in checked_entities() %}
    {%- for staging in ['stg_v1_5__', 'stg_v2__'] %}
    select
        staged.mds_version,
        '{{ entity }}' as entity,
        staged.source_file
    from {{ ref(staging ~ entity) }} as staged
    inner join submissions
        on
            staged.submission_id = submissions.submission_id
            and staged.mds_version = submissions.mds_version
    where
        not submissions.is_accepted
        or staged.audit_id < submissions.latest_audit_ids['{{ entity }}']
    union all
    {%- endfor %}
    {%- endfor %}
    select
        mds_version,
        'submissions' as entity,
        source_file
    from submissions
    where not is_accepted
    union all
    select
        mds_version,
        entity,
        source_file
    from questionnaire_rows
    where not is_accepted

),

count_rows as (

    select
        mds_version,
        entity,
        source_file,
        count(*) as row_count
    from unite_superseded
    group by mds_version, entity, source_file

)

select * from count_rows
