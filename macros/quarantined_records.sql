{#
    The rows of one staged entity that a reject rule refuses: of accepted submissions, and of those whose header is
    missing or unreadable. The first rule by order decides: the row by itself, then the same key on an earlier row, then
    the row that it should belong to.
#}
{% macro quarantined_records(entity) -%}
{%- set key = record_key(entity) -%}
{%- set parent = parent_of(entity) -%}
{%- set key_columns = {'people': 'patient_key', 'care_contacts': 'care_contact_key',
    'care_activities': 'care_activity_key', 'activity_scores': 'care_activity_key'} -%}
with submissions as (

    select * from {{ ref('int_submissions') }}

),
{%- if key %}

duplicates as (

    select * from {{ ref('int_duplicate_records') }}
    where entity = '{{ entity }}'

),
{%- endif %}
{%- if parent %}

parents as (

    select * from {{ ref(kept_parents(parent.entity)) }}

),
{%- endif %}

try_rules_on_the_row as (

    {%- for version in versions_with_rows(entity) %}
    select
        staged.*,
        submissions.provider_code,
        submissions.reporting_month,
        case
            when submissions.submission_id is null
                then ['submission_id', 'submission_without_header']
            {%- for rule in reject_rules(entity, version) %}
            when {{ rule.when }}
                then ['{{ rule.column }}', '{{ rule.reason }}']
            {%- endfor %}
        end as refusal
    from {{ staged_rows(entity, version) }} as staged
    left join submissions
        on
            staged.submission_id = submissions.submission_id
            and submissions.mds_version = '{{ version }}'
    where coalesce(submissions.is_accepted, true)
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

try_rules_on_the_submission as (

    select
        staged.mds_version,
        staged.source_file,
        staged.source_row,
        staged.provider_code,
        staged.reporting_month,
        case
            when staged.refusal is not null then staged.refusal
            {%- if key %}
            when
                duplicates.record_key is not null
                and (staged.source_file <> duplicates.source_file or staged.source_row <> duplicates.source_row)
                then ['{{ key_columns.get(entity, "service_request_id") }}', 'duplicate_key']
            {%- endif %}
            {%- if parent %}
            when parents.source_file is null
                then ['{{ parent.column }}', 'no_parent_in_file']
            {%- if parent.date %}
            when staged.{{ parent.date }} < parents.referral_received_date
                then ['{{ parent.date }}', 'before_referral_received']
            {%- endif %}
            {%- endif %}
        end as refusal
    from try_rules_on_the_row as staged
    {%- if key %}
    left join duplicates
        on {{ key }} = duplicates.record_key
    {%- endif %}
    {%- if parent %}
    left join parents
        on
            {{ parent.key }} = parents.{{ 'service_request_key' if parent.entity == 'referrals' else parent.column }}
            {%- if parent.entity == 'referrals' %}
            and staged.reporting_month = parents.reporting_month
            {%- endif %}
    {%- endif %}

),

keep_refused as (

    select
        '{{ entity }}' as entity,
        * exclude (refusal),
        refusal[1] as column_name,
        refusal[2] as reason_code
    from try_rules_on_the_submission
    where refusal is not null

)

select * from keep_refused
{%- endmacro %}

{# Versions in which an entity has rows of its own; in v1.5 the rest are columns of rows of other entities. #}
{% macro versions_with_rows(entity) -%}
    {%- set versions = [] -%}
    {%- for version in data_set_versions()
        if version != 'v1_5'
        or entity in ['people', 'referrals', 'care_contacts', 'disabilities', 'waiting_time_pauses'] -%}
        {%- do versions.append(version) -%}
    {%- endfor -%}
    {{ return(versions) }}
{%- endmacro %}

{# Where the kept rows of an entity stand that others hang on: its records, without the orphans among them. #}
{% macro kept_parents(entity) -%}
    {{ return(('int_kept_' if entity in ['care_contacts', 'care_activities'] else 'int_records_') ~ entity) }}
{%- endmacro %}

{# The entities whose rows are checked and accounted for: those of the core, and those that no mart uses. #}
{% macro checked_entities() -%}
    {{ return(kept_entities() + ['disabilities', 'waiting_time_pauses']) }}
{%- endmacro %}
