{# One row per version, entity and file: the rows of submissions that a later or a whole file has replaced. #}
with headers as (

    select * from {{ ref('int_submissions') }}
    where not is_accepted

),

questionnaire_rows as (

    select * from {{ ref('int_questionnaire_rows') }}

),

count_rows as (
    {% for entity in checked_entities() -%}
    {%- for version in versions_with_rows(entity) %}
    select
        '{{ version }}' as mds_version,
        '{{ entity }}' as entity,
        staged.source_file,
        count(*) as row_count
    from {{ staged_rows(entity, version) }} as staged
    inner join headers
        on
            staged.submission_id = headers.submission_id
            and headers.mds_version = '{{ version }}'
    group by staged.source_file
    union all
    {%- endfor %}
    {%- endfor %}
    select
        mds_version,
        'submissions' as entity,
        source_file,
        count(*) as row_count
    from headers
    group by mds_version, source_file
    union all
    select
        mds_version,
        entity,
        source_file,
        count(*) as row_count
    from questionnaire_rows
    where not is_accepted
    group by mds_version, entity, source_file

)

select * from count_rows
