{# One row per version, entity and file: the rows that the records layer gives to the marts, counted there. #}
with headers as (

    select * from {{ ref('int_submissions') }}

),

questionnaire_rows as (

    select * from {{ ref('int_questionnaire_rows') }}

),

kept_activity_scores as (

    select
        scores.mds_version,
        scores.source_file
    from ({{ kept_records('activity_scores') }}) as scores
    semi join {{ ref('int_kept_care_activities') }} as activities
        on scores.care_activity_key = activities.care_activity_key

),

count_rows as (
    {% for entity in checked_entities() %}
    select
        mds_version,
        '{{ entity }}' as entity,
        source_file,
        count(*) as row_count
    {%- if entity == 'activity_scores' %}
    from kept_activity_scores
    {%- elif entity in ['care_contacts', 'care_activities'] %}
    from {{ ref('int_kept_' ~ entity) }}
    {%- else %}
    from ({{ kept_records(entity) }}) as kept
    {%- endif %}
    {%- if 'v1_5' not in versions_with_rows(entity) %}
    where mds_version <> 'v1_5'
    {%- endif %}
    group by mds_version, source_file
    union all
    {% endfor -%}
    select
        mds_version,
        'submissions' as entity,
        source_file,
        count(*) as row_count
    from headers
    where is_accepted
    group by mds_version, source_file
    union all
    select
        mds_version,
        entity,
        source_file,
        count(*) as row_count
    from questionnaire_rows
    where is_accepted
    group by mds_version, entity, source_file

)

select * from count_rows
