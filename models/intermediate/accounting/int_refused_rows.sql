{{ config(materialized='table') }}
{# One row per row that a rule refuses, of every entity, and the rule. Source of the rules: seed validation_rules. #}
with headers as (

    select * from {{ ref('int_submission_headers') }}

),

questionnaire_rows as (

    select * from {{ ref('int_questionnaire_rows') }}

),

unite_refused as (

    {%- for entity in checked_entities() %}
    select
        '{{ entity }}' as entity,
        mds_version,
        provider_code,
        reporting_month,
        source_file,
        source_row,
        refusal
    from {{ ref('int_checked_' ~ entity) }}
    where refusal is not null
    union all
    {%- endfor %}
    select
        'submissions' as entity,
        mds_version,
        provider_code,
        reporting_month,
        source_file,
        source_row,
        refusal
    from headers
    where refusal is not null
    union all
    select
        entity,
        mds_version,
        provider_code,
        reporting_month,
        source_file,
        source_row,
        'submission_without_header' as refusal
    from questionnaire_rows
    where is_accepted is null

)

select * from unite_refused
