{{ config(materialized='table') }}
{#
    One row per submission and entity (of those that a mart uses) that was loaded more than once: the load that counts;
    none otherwise.
    Source of the rule: AuditId is NHS England's number of a load, and its dashboards join every table on it. The latest
    load of a submission replaces those before it, table by table, unless it broke off: under the share of rows at which
    a file is truncated, it replaces only the rows whose keys it holds. So does one that is about under that share of the
    people, requests or contacts which the earlier ones are about: those are parts of one load, numbered each. Where an
    AuditId of a version stands on few rows (seed submission_rules), it numbers rows, not loads, and decides between rows
    of one key alone.
#}
with rules as (

    select rule_value as truncated_row_share from {{ ref('submission_rules') }}
    where rule = 'truncated_row_share'

),

row_number_rules as (

    select rule_value as rows_of_a_row_number from {{ ref('submission_rules') }}
    where rule = 'rows_of_a_row_number'

),

unite_rows as {{ read_anew() }} (

    {%- for entity in kept_entities() %}
    {%- for staging in ['stg_v1_5__', 'stg_v2__'] %}
    {#- In version 1.5 activities and scores are columns of the appointment, and of its load. #}
    {%- set is_of_appointment = staging == 'stg_v1_5__' and entity in ['care_activities', 'activity_scores'] %}
    {%- set rows_of = 'care_contacts' if is_of_appointment else entity %}
    select
        mds_version,
        submission_id,
        '{{ entity }}' as entity,
        audit_id,
        {{ load_subject(rows_of) }} as subject_key
    from {{ ref(staging ~ rows_of) }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
    {{- ' union all' if not loop.last }}
    {%- endfor %}

),

count_rows as (

    select
        mds_version,
        submission_id,
        entity,
        audit_id,
        count(*) as row_count
    from unite_rows
    where submission_id is not null and audit_id is not null
    group by mds_version, submission_id, entity, audit_id

),

count_numbers as (

    select
        mds_version,
        sum(row_count) as row_count,
        count(*) as number_count
    from count_rows
    group by mds_version

),

tell_loads_from_rows as (

    select
        count_numbers.mds_version,
        count_numbers.row_count > row_number_rules.rows_of_a_row_number * count_numbers.number_count
            as is_number_of_load
    from count_numbers
    cross join row_number_rules

),

compare_loads as (

    select
        count_rows.mds_version,
        count_rows.submission_id,
        count_rows.entity,
        max(count_rows.audit_id) as latest_audit_id,
        max_by(count_rows.row_count, count_rows.audit_id) as latest_row_count,
        max(count_rows.row_count) as largest_row_count
    from count_rows
    inner join tell_loads_from_rows
        on count_rows.mds_version = tell_loads_from_rows.mds_version
    where tell_loads_from_rows.is_number_of_load
    group by count_rows.mds_version, count_rows.submission_id, count_rows.entity
    having count(*) > 1

),

find_whole_loads as (

    select
        compare_loads.mds_version,
        compare_loads.submission_id,
        compare_loads.entity,
        compare_loads.latest_audit_id
    from compare_loads
    cross join rules
    where compare_loads.latest_row_count >= rules.truncated_row_share * compare_loads.largest_row_count

),

list_subjects as (

    select
        find_whole_loads.mds_version,
        find_whole_loads.submission_id,
        find_whole_loads.entity,
        find_whole_loads.latest_audit_id,
        unite_rows.subject_key,
        max(unite_rows.audit_id) = find_whole_loads.latest_audit_id as is_in_latest_load
    from unite_rows
    inner join find_whole_loads
        on
            unite_rows.mds_version = find_whole_loads.mds_version
            and unite_rows.submission_id = find_whole_loads.submission_id
            and unite_rows.entity = find_whole_loads.entity
    group by
        find_whole_loads.mds_version,
        find_whole_loads.submission_id,
        find_whole_loads.entity,
        find_whole_loads.latest_audit_id,
        unite_rows.subject_key
    having min(unite_rows.audit_id) < find_whole_loads.latest_audit_id

),

keep_loads_of_the_same as (

    select
        list_subjects.mds_version,
        list_subjects.submission_id,
        list_subjects.entity,
        list_subjects.latest_audit_id
    from list_subjects
    cross join rules
    group by
        list_subjects.mds_version,
        list_subjects.submission_id,
        list_subjects.entity,
        list_subjects.latest_audit_id
    having count(*) filter (where list_subjects.is_in_latest_load) >= any_value(rules.truncated_row_share) * count(*)

)

select * from keep_loads_of_the_same
