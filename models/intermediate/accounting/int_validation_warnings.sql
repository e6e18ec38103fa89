{#
    One row per version, entity, field, reason, provider and month: rows that are kept and deserve a look.
    Source of the rules: seed validation_rules, severity warn. The rules on one row are tried in one reading of its
    entity.
#}
with submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

refused_rows as (

    select * from {{ ref('int_refused_rows') }}

),

{% for entity, rules in warn_rules() | rejectattr('join', 'defined') | groupby('entity') %}
try_{{ entity }} as (

    select
        records.mds_version,
        submissions.provider_code,
        submissions.reporting_month,
        {% for rule in rules %}
        {{ rule.when }} as is_warned_{{ loop.index }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from (
        {{ union_versions(entity) }}
    ) as records
    inner join submissions
        on
            records.submission_id = submissions.submission_id
            and records.mds_version = submissions.mds_version
    anti join refused_rows
        on
            records.source_file = refused_rows.source_file
            and records.source_row = refused_rows.source_row
            and refused_rows.entity = '{{ entity }}'

),

count_{{ entity }} as (

    select
        mds_version,
        provider_code,
        reporting_month,
        unnest([
            {%- for rule in rules %}
            {
                'column_name': '{{ rule.column }}',
                'reason_code': '{{ rule.reason }}',
                'record_count': count_if(is_warned_{{ loop.index }})
            }
            {%- if not loop.last %},{% endif %}
            {%- endfor %}
        ]) as warning
    from try_{{ entity }}
    group by mds_version, provider_code, reporting_month

),
{% endfor %}

count_with_others as (
    {% for warning in warn_rules() if warning.join %}
    select
        records.mds_version,
        '{{ warning.entity }}' as entity,
        '{{ warning.column }}' as column_name,
        '{{ warning.reason }}' as reason_code,
        submissions.provider_code,
        submissions.reporting_month,
        count(*) as record_count
    from (
        {{ union_versions(warning.entity) }}
    ) as records
    inner join submissions
        on
            records.submission_id = submissions.submission_id
            and records.mds_version = submissions.mds_version
    anti join refused_rows
        on
            records.source_file = refused_rows.source_file
            and records.source_row = refused_rows.source_row
            and refused_rows.entity = '{{ warning.entity }}'
    {{ warning.join }}
    where {{ warning.when }}
    group by
        records.mds_version,
        submissions.provider_code,
        submissions.reporting_month
        {%- if warning.repeated %},
        {{ warning.repeated }}
    having count(*) > 1
    {%- endif %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

count_rows as (
    {% for entity, rules in warn_rules() | rejectattr('join', 'defined') | groupby('entity') %}
    select
        mds_version,
        '{{ entity }}' as entity,
        provider_code,
        reporting_month,
        warning['column_name'] as column_name,
        warning['reason_code'] as reason_code,
        warning['record_count'] as record_count
    from count_{{ entity }}
    union all by name
    {%- endfor %}
    select * from count_with_others

),

keep_warnings as (

    select
        mds_version,
        entity,
        column_name,
        reason_code,
        provider_code,
        reporting_month,
        cast(sum(record_count) as bigint) as record_count
    from count_rows
    where record_count > 0
    group by all

)

select * from keep_warnings
